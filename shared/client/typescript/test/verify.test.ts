// Every case of the shared verify.json, against a server on the loopback interface that plays the API.
import { describe, test } from "node:test";
import { checkVerify } from "./check.ts";
import { closedUrl, fakeApi, verifyCases } from "./harness.ts";
import { playVerify } from "./vectors.ts";

describe("verify.json", { concurrency: 8 }, () => {
  for (const c of verifyCases) {
    test(c.name, async (t) => {
      const api = await fakeApi(t, [c.answers ?? []]);
      checkVerify(c, 0, api, await playVerify({ api: `${api.url}/0`, closed: closedUrl }, c));
    });
  }
});
