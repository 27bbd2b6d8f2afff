// What the shared cases do not say: options, secrets, errors and types.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { type Allowed, Client, type HookEvent, type RefusalCode, UndecidedError } from "@arxkeys/client";
import { protect as protectExpress } from "@arxkeys/client/express";
import { protect } from "@arxkeys/client/fetch";
import { clientCases, closedUrl, fakeApi, selfSigned, serve, verifyCases } from "./harness.ts";
import { type Answer, managementKey } from "./vectors.ts";

const key = "arxk_prd_01J9Zk3V8QpTfW2xsssssssssssssssssssssssssssssssssssssssssssc0ffee";
const arx = "arx_01J9Zk3V8QpTfW2x";
const valid: Answer = verifyCases[0]?.answers?.[0] ?? assert.fail("verify.json begins with a valid key");

describe("client.json", () => {
  for (const c of clientCases) {
    test(c.name, () => {
      const make = () => new Client({ baseUrl: c.base_url, managementKey: c.management_key });
      if (c.ok) assert.ok(make());
      else {
        assert.throws(make, (error: unknown) => {
          assert.ok(error instanceof TypeError);
          if (c.management_key) assert.ok(!inspect(error).includes(c.management_key), "the key is in the error");
          assert.ok(!error.message.includes("secret"), "the password is in the error");
          return true;
        });
      }
    });
  }
});

test("a client can have a path in its base URL, and a URL object", async (t) => {
  const api = await fakeApi(t, [[valid]]);
  const client = new Client({ baseUrl: new URL(`${api.url}/0/`), managementKey });
  assert.equal((await client.verify({ key, arx })).code, "VALID");
});

test("no printed form of a client has the management key", () => {
  const client = new Client({ baseUrl: "https://keys.example", managementKey });
  for (const text of [inspect(client, { showHidden: true, depth: 9 }), JSON.stringify(client), String(client)]) {
    assert.ok(!text.includes("arxm_"));
  }
});

test("wrong options are refused", () => {
  const options = { baseUrl: "https://keys.example", managementKey };
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => new Client({ ...options, timeoutMs }), TypeError);
  assert.throws(() => new Client({ ...options, managementKey: `${managementKey}\n` }), TypeError);
  const client = new Client(options);
  const handler = () => new Response();
  assert.throws(() => protect(client, { arx: "" }, handler), TypeError);
  assert.throws(() => protect(client, { arx, header: "x api key" }, handler), TypeError);
  // @ts-expect-error the Arx has to be named
  assert.throws(() => protect(client, {}, handler), TypeError);
  // @ts-expect-error a Request does not tell its connection
  protect(client, { arx, clientIp: "connection" }, handler);
});

test("the cause of an error has its code, and neither the key nor the request", async () => {
  const client = new Client({
    baseUrl: "https://keys.example",
    managementKey,
    fetch: async (url, init) => {
      const cause = Object.assign(new Error(`sent ${init.body} to ${url}`), { code: "EPIPE", init });
      throw new TypeError(`fetch failed with ${managementKey}`, { cause });
    },
  });
  const error = await client.verify({ key, arx }).catch((e: unknown) => e);
  assert.ok(error instanceof UndecidedError);
  assert.equal(((error.cause as Error).cause as { code: string }).code, "EPIPE");
  const text = inspect(error, { depth: 9, showHidden: true });
  assert.ok(!text.includes(key) && !text.includes(managementKey), text);
});

test("an answer that quotes the key is not in the error", async (t) => {
  const api = await fakeApi(t, [
    [
      { status: 200, text: `no JSON: ${key}` },
      { status: 500, text: key },
    ],
  ]);
  const client = new Client({ baseUrl: `${api.url}/0`, managementKey });
  for (let i = 0; i < 2; i++) {
    const error = await client.verify({ key, arx }).catch((e: unknown) => e);
    assert.ok(error instanceof UndecidedError);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(key));
  }
});

test("a certificate that is not trusted counts as no connection", async (t) => {
  let requests = 0;
  const server = createServer(selfSigned(), () => requests++).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  let attempts = 0;
  const client = new Client({
    baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    managementKey,
    timeoutMs: 30_000,
    hook: (event) => {
      attempts = event.attempts;
    },
  });
  await assert.rejects(client.verify({ key, arx }), UndecidedError);
  assert.deepEqual([attempts, requests], [2, 0]);
});

test("the time limit is two seconds unless it is set", async (t) => {
  const api = await fakeApi(t, [[{ fault: "hang" }]]);
  await assert.rejects(new Client({ baseUrl: `${api.url}/0`, managementKey }).verify({ key, arx }), /within 2000 ms/);
});

test("a function of scopes that returns nothing refuses the request", async (t) => {
  const api = await fakeApi(t, [[valid]]);
  const events: HookEvent[] = [];
  const client = new Client({ baseUrl: `${api.url}/0`, managementKey, hook: (event) => void events.push(event) });
  const table: Record<string, string[]> = { POST: ["pets:write"] };
  const scopes = (request: Request) => table[request.method] as string[];
  const handle = protect(client, { arx, scopes }, () => new Response("pets"));
  const response = await handle(new Request("http://pets.example/", { headers: { "x-api-key": key } }));
  assert.deepEqual([response.status, api.sent(0), events[0]?.code], [503, [], "UNDECIDED"]);
});

test("adapters that imitate a server of Node.js have no raw headers", async (t) => {
  const api = await fakeApi(t, [[valid, valid]]);
  const middleware = protectExpress(new Client({ baseUrl: `${api.url}/0`, managementKey }), {
    arx,
    clientIp: "connection",
  });
  const statusOf = (headers: Record<string, string | string[]>, remoteAddress: string) =>
    new Promise<number>((done, failed) => {
      const response = { statusCode: 200, setHeader: () => {}, end: () => done(response.statusCode) };
      middleware({ rawHeaders: [], headers, socket: { remoteAddress } }, response, (e) => (e ? failed(e) : done(200)));
    });
  assert.equal(await statusOf({ "x-api-key": key }, "::ffff:203.0.113.7"), 200);
  assert.equal(await statusOf({ "x-api-key": [key] }, "fe80::1%eth0"), 200);
  assert.equal(await statusOf({ "x-api-key": [key, key] }, "203.0.113.7"), 401);
  assert.equal(await statusOf({ "x-api-key": `${key}, ${key}` }, "203.0.113.7"), 401);
  assert.deepEqual(api.sent(0), [
    { key, arx_id: arx, ip: "203.0.113.7" },
    { key, arx_id: arx, ip: "fe80::1" },
  ]);
});

test("an error on the way to the answer goes to the framework", async () => {
  const middleware = protectExpress(new Client({ baseUrl: closedUrl, managementKey }), { arx });
  const thrown = new Error("headers are sent");
  const setHeader = () => {
    throw thrown;
  };
  const request = { rawHeaders: [], headers: {}, socket: {} };
  const error = await new Promise((next) => middleware(request, { statusCode: 200, setHeader, end: () => {} }, next));
  assert.equal(error, thrown);
});

test("a hook that rejects does not change the answer", async (t) => {
  const api = await fakeApi(t, [[valid, valid]]);
  const rejects = new Client({
    baseUrl: `${api.url}/0`,
    managementKey,
    hook: () => Promise.reject(new Error("on purpose")),
  });
  assert.equal((await rejects.verify({ key, arx })).valid, true);
});

test("an answer of fetch can be passed on, with the state of the limit", async (t) => {
  const limits = {
    rate_limit: {
      limit: 100,
      remaining: 93,
      reset_at: "2026-11-28T00:01:00.000Z",
      window_seconds: 60,
      reset_seconds: 48,
    },
  };
  const api = await fakeApi(t, [[{ ...valid, body: { ...(valid.body as object), ...limits } }]]);
  const upstream = await serve(t, (_, response) => response.writeHead(200, { ratelimit: "upstream" }).end("pets"));
  const client = new Client({ baseUrl: `${api.url}/0`, managementKey });
  const handle = protect(client, { arx }, (_request, _verdict, where: string) => fetch(where));
  const response = await handle(new Request("http://pets.example/", { headers: { "x-api-key": key } }), upstream);
  assert.deepEqual([await response.text(), response.headers.get("ratelimit")], ["pets", '"key";r=93;t=48']);
});

test("valid tells the compiler what a verdict has", async (t) => {
  const api = await fakeApi(t, [[valid]]);
  const verdict = await new Client({ baseUrl: `${api.url}/0`, managementKey }).verify({ key, arx });
  if (verdict.valid) {
    const allowed: Allowed = verdict;
    assert.equal(allowed.key.name, "nightly export");
  } else {
    const code: RefusalCode = verdict.code;
    // @ts-expect-error a refusal need not name the key
    assert.fail(code + verdict.key.id);
  }
});
