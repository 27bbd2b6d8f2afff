// The middleware in front of an Express application, on a running stack: ARXKEYS_API is its address, ARXKEYS_CREDENTIAL a
// management key of an admin, and ARXKEYS_VERIFIER one of a verifier. `make test-clients` sets them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, type HookEvent, UndecidedError } from "@arxkeys/client";
import { protect } from "@arxkeys/client/express";
import express from "express";
import { call, closedUrl, serve } from "./harness.ts";

const { ARXKEYS_API: api = "", ARXKEYS_CREDENTIAL: admin = "", ARXKEYS_VERIFIER: verifier = "" } = process.env;

test("keys of a running stack", { skip: api === "" && "ARXKEYS_API is not set" }, async (t) => {
  const manage = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(api + path, {
      method,
      headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return (await response.json()) as T;
  };
  const unique = `typescript ${crypto.randomUUID()}`;
  const application = await manage<{ id: string }>("POST", "/v1/applications", { name: unique, technology: "server" });
  const arx = await manage<{ id: string }>("POST", "/v1/arxes", { name: unique, regions: ["eu-central-1"] });
  const other = await manage<{ id: string }>("POST", "/v1/arxes", { name: `${unique} 2`, regions: ["eu-central-1"] });
  const create = (settings: object = {}) =>
    manage<{ key: { id: string }; access_key: string }>("POST", "/v1/keys", {
      application_id: application.id,
      arx_id: arx.id,
      scopes: ["pets:read"],
      ...settings,
    });
  const main = await create();
  const limited = await create({ rate_limit: { limit: 1, window_seconds: 2_592_000 } });
  const used = await create({ remaining_uses: 1 });
  const fromHere = await create({ allowed_ips: ["127.0.0.0/8"] });

  const events: HookEvent[] = [];
  const options = {
    baseUrl: api,
    managementKey: verifier,
    timeoutMs: 30_000,
    hook: (event: HookEvent) => void events.push(event),
  };
  const client = new Client(options);
  const app = express();
  app.get("/pets", protect(client, { arx: arx.id, scopes: ["pets:read"] }), (request, response) => {
    response.json(request.arxkeys?.key.id);
  });
  app.get(
    "/pets/new",
    protect(client, { arx: arx.id, scopes: ["pets:write"] }),
    (_, response) => void response.json("new"),
  );
  app.get("/other", protect(client, { arx: other.id }), (_, response) => void response.json("other"));
  app.get(
    "/here",
    protect(client, { arx: arx.id, clientIp: "connection" }),
    (_, response) => void response.json("here"),
  );
  const wrong = new Client({ ...options, managementKey: `${verifier.slice(0, -4)}0000` });
  app.get("/wrong", protect(wrong, { arx: arx.id }), (_, response) => void response.json("wrong"));
  const down = new Client({ ...options, baseUrl: closedUrl });
  app.get("/down", protect(down, { arx: arx.id }), (_, response) => void response.json("down"));
  const url = await serve(t, app);

  const answer = async (path: string, key?: string) => {
    events.length = 0;
    const { status, headers, text } = await call(url + path, "GET", key === undefined ? [] : [["x-api-key", key]]);
    assert.equal(events.length, 1);
    if (key !== undefined) assert.ok(!JSON.stringify([events, headers, text]).includes(key));
    return { status, code: events[0]?.code, headers, text };
  };
  const expect = async (status: number, code: string, path: string, key?: string) => {
    const got = await answer(path, key);
    assert.deepEqual([got.status, got.code], [status, code], path);
    return got;
  };

  assert.equal((await expect(200, "VALID", "/pets", main.access_key)).text, JSON.stringify(main.key.id));
  await expect(401, "NO_KEY", "/pets");
  await expect(401, "MALFORMED", "/pets", "not a key".replaceAll(" ", "-"));
  await expect(403, "WRONG_ARX", "/other", main.access_key);
  await expect(403, "INSUFFICIENT_SCOPE", "/pets/new", main.access_key);
  await expect(403, "IP_NOT_ALLOWED", "/pets", fromHere.access_key);
  await expect(200, "VALID", "/here", fromHere.access_key);

  const passed = await expect(200, "VALID", "/pets", limited.access_key);
  assert.equal(passed.headers["ratelimit-policy"], '"key";q=1;w=2592000');
  const full = await expect(429, "RATE_LIMITED", "/pets", limited.access_key);
  assert.match(full.headers["retry-after"] ?? "", /^[1-9]\d*$/);
  await expect(200, "VALID", "/pets", used.access_key);
  const exhausted = await expect(429, "USAGE_EXHAUSTED", "/pets", used.access_key);
  assert.equal(exhausted.headers["retry-after"], "3600");

  await manage("POST", `/v1/keys/${main.key.id}/disable`);
  await expect(403, "DISABLED", "/pets", main.access_key);
  await manage("DELETE", `/v1/keys/${main.key.id}`);
  await expect(401, "NOT_FOUND", "/pets", main.access_key);

  await expect(503, "UNDECIDED", "/wrong", main.access_key);
  await expect(503, "UNDECIDED", "/down", main.access_key);
  assert.equal(events[0]?.attempts, 2);

  const error = await wrong.verify({ key: main.access_key, arx: "*" }).catch((e: unknown) => e);
  assert.ok(error instanceof UndecidedError);
  assert.equal(error.status, 401);
  assert.ok(error.requestId);
});
