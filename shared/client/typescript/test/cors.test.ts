// A preflight has no key. The CORS middleware of each framework answers it, in front of this one.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Client } from "@arxkeys/client";
import { protect as protectExpress } from "@arxkeys/client/express";
import { protect as protectFastify } from "@arxkeys/client/fastify";
import { protect as protectHono } from "@arxkeys/client/hono";
import fastifyCors from "@fastify/cors";
import { getRequestListener } from "@hono/node-server";
import cors from "cors";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { cors as honoCors } from "hono/cors";
import { call, closedUrl, serve } from "./harness.ts";
import { managementKey } from "./vectors.ts";

const origin = "https://shop.example";
const client = new Client({ baseUrl: closedUrl, managementKey });
const options = { arx: "arx_01J9Zk3V8QpTfW2x" };

const servers: Record<string, (t: TestContext) => Promise<string>> = {
  Express: (t) => serve(t, express().use(cors({ origin })).use(protectExpress(client, options))),
  Fastify: async (t) => {
    const app = Fastify();
    await app.register(fastifyCors, { origin });
    app.addHook("onRequest", protectFastify(client, options));
    app.get("/", () => "");
    await app.listen({ host: "127.0.0.1", port: 0 });
    t.after(() => app.close());
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  },
  Hono: (t) => serve(t, getRequestListener(new Hono().use(honoCors({ origin }), protectHono(client, options)).fetch)),
};

describe("CORS", () => {
  for (const [name, start] of Object.entries(servers)) {
    test(`${name}: a preflight passes, and a browser sees the refusal`, async (t) => {
      const url = await start(t);
      const preflight = await call(url, "OPTIONS", [
        ["Origin", origin],
        ["Access-Control-Request-Method", "GET"],
        ["Access-Control-Request-Headers", "x-api-key"],
      ]);
      assert.deepEqual([preflight.status, preflight.headers["access-control-allow-origin"]], [204, origin]);
      const refused = await call(url, "GET", [["Origin", origin]]);
      assert.deepEqual([refused.status, refused.headers["access-control-allow-origin"]], [401, origin]);
    });
  }
});
