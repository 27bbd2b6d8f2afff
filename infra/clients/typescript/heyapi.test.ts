// hey-api's SDK.
import { test } from "node:test";
import { client } from "./generated/heyapi/client.gen.js";
import * as sdk from "./generated/heyapi/index.js";
import { api, code, credential, data, walk } from "./walk.js";

test("hey-api walks a key's life", async () => {
  client.setConfig({ baseUrl: api(), auth: () => credential() });
  const at = (id: string) => ({ path: { id } });
  await walk("hey-api", {
    createApplication: async (name) => data(await sdk.applicationsCreate({ body: { name, technology: "server" } })),
    createArx: async (name) => data(await sdk.arxesCreate({ body: { name, regions: ["eu-central-1"] } })),
    createKey: async (application_id, arx_id, key) =>
      data(await sdk.keysCreate({ body: { application_id, arx_id }, headers: { "Idempotency-Key": key } })),
    verify: async (key, arx_id) => data(await sdk.keysVerify({ body: { key, arx_id } })),
    rotate: async (id) => data(await sdk.keysRotate({ ...at(id), body: { overlap_seconds: 0 } })),
    disable: async (id) => data(await sdk.keysDisable(at(id))),
    enable: async (id) => data(await sdk.keysEnable(at(id))),
    rename: async (id, name) => data(await sdk.keysUpdate({ ...at(id), body: { name } })),
    remove: async (id) => data(await sdk.keysDelete(at(id))),
    listIds: async () => data(await sdk.keysList({ query: { limit: 100 } })).items.map((k) => k.id),
    missing: async (id) => code((await sdk.keysGet(at(id))).error),
  });
});
