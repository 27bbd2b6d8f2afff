// The newcomer's path on the console as CloudFront serves it: the files that were built for upload, with the headers, the
// functions and the policies of template.yaml, a sign-in at another origin, and an API that refuses direct calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeAddress } from "./edge.mjs";
import { newcomer } from "./newcomer.mjs";

const walked = newcomer({ edge: true }, "edge-");

test("the program came compressed, and is kept for ever", async () => {
  const { world: { laptop } } = walked();
  const page = await (await fetch(laptop.url)).text();
  const [program] = /\/web\/app\.[0-9a-f]{10}\.wasm/.exec(page);
  for (const [accept, encoding] of [["gzip, deflate, br, zstd", "br"], ["gzip", "gzip"], ["identity", null]]) {
    const { headers } = await fetch(laptop.url + program, { method: "HEAD", headers: { "Accept-Encoding": accept } });
    assert.equal(headers.get("content-encoding"), encoding, accept);
    assert.equal(headers.get("content-type"), "application/wasm");
    assert.match(headers.get("cache-control"), /immutable/);
  }
});

test("the policy of the template holds: the console may call the sign-in and its own origin, and nothing else", async () => {
  const { world: { laptop }, see: { page } } = walked();
  const policy = (await fetch(laptop.url)).headers.get("content-security-policy");
  assert.match(policy, new RegExp(`connect-src 'self' ${laptop.signIn}; `));
  const reaches = (url) => page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors" }).then(() => true, () => false), url);
  assert.equal(await reaches(`${laptop.signIn}/oidc/token`), true);
  assert.equal(await reaches(`${laptop.url}/v1/keys`), true);
  assert.equal(await reaches(`${laptop.direct}/v1/keys`), false, "another origin");
});

test("the API's own address refuses calls, and what is sent in the edge's headers", async () => {
  const { world: { laptop } } = walked();
  for (const headers of [{}, { "X-Arxkeys-Viewer-Address": "192.0.2.9" }, { "X-Arxkeys-Viewer-Address": "192.0.2.9", "X-Arxkeys-Edge-Secret": "x".repeat(64) }]) {
    for (const path of ["/v1/keys", "/v1/openapi.json", "/v1/nothing"]) {
      const answer = await fetch(laptop.direct + path, { headers });
      assert.equal(answer.status, 403, path);
      assert.equal((await answer.json()).code, "direct_call", path);
    }
    const whoami = await fetch(`${laptop.direct}/v1/whoami`, { headers: { ...headers, "X-Api-Key": "arxk_dev_x" } });
    assert.equal(whoami.status, 403);
    assert.deepEqual(await whoami.json(), { message: "Forbidden" }, "API Gateway's own answer");
  }
});

test("the history tells the browser's address, not the edge's, and not what a client sends", async () => {
  const { world: { call, laptop }, keyID } = walked();
  assert.match(keyID, /^key_/);
  const { items } = await call("GET", `/v1/audit?resource_id=${keyID}`);
  assert.ok(items.length > 0);
  for (const event of items) assert.equal(event.from, "127.0.0.1", event.action);
  assert.equal(edgeAddress === "127.0.0.2", process.platform === "linux", "otherwise this test proves nothing");
  assert.ok(!laptop.log.includes(laptop.secret), "the secret is not in the log");
});

test("an API error is the API's, not the page", async () => {
  const { world: { laptop } } = walked();
  const answer = await fetch(`${laptop.url}/v1/nothing`);
  assert.equal(answer.status, 404);
  assert.equal((await answer.json()).code, "not_found");
});
