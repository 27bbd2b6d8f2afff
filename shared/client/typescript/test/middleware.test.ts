// Every case of the shared middleware.json, through every adapter in its real server.
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import type { Client } from "@arxkeys/client";
import { protect as protectExpress } from "@arxkeys/client/express";
import { protect as protectFastify } from "@arxkeys/client/fastify";
import { type ArxkeysVariables, protect as protectHono } from "@arxkeys/client/hono";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import express from "express";
import express4 from "express4";
import Fastify, { type FastifyRequest } from "fastify";
import Fastify4 from "fastify4";
import { type Context, Hono } from "hono";
import { checkMiddleware } from "./check.ts";
import { fetchApp } from "./fetch-app.ts";
import { call, closedUrl, fakeApi, middlewareCases, serve } from "./harness.ts";
import { type MiddlewareCase, optionsOf, watchedClient } from "./vectors.ts";

type Start = (t: TestContext, c: MiddlewareCase, client: Client) => Promise<string>;

const onExpress =
  (framework: typeof express): Start =>
  (t, c, client) => {
    const app = framework();
    app.use(
      protectExpress(
        client,
        optionsOf(c.options, (request: express.Request) => request.method, "connection" as const),
      ),
    );
    app.use((request, response) => {
      response.json({ key_id: request.arxkeys?.key.id });
    });
    return serve(t, app);
  };

const onFastify =
  (framework: typeof Fastify): Start =>
  async (t, c, client) => {
    const app = framework();
    app.addHook(
      "onRequest",
      protectFastify(
        client,
        optionsOf(c.options, (request: FastifyRequest) => request.method, "connection" as const),
      ),
    );
    app.all("/*", (request, reply) => reply.send({ key_id: request.arxkeys?.key.id }));
    await app.listen({ host: "127.0.0.1", port: 0 });
    t.after(() => app.close());
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  };

const onHono: Start = (t, c, client) => {
  const app = new Hono<{ Variables: ArxkeysVariables }>();
  const connection = (context: Context) => getConnInfo(context).remote.address;
  app.use(
    protectHono(
      client,
      optionsOf(c.options, (context: Context) => context.req.method, connection),
    ),
  );
  app.all("/*", (context) => context.json({ key_id: context.var.arxkeys.key.id }));
  return serve(t, getRequestListener(app.fetch));
};

const adapters: Record<string, Start> = {
  "Express 5": onExpress(express),
  "Express 4": onExpress(express4 as unknown as typeof express),
  "Fastify 5": onFastify(Fastify),
  "Fastify 4": onFastify(Fastify4 as unknown as typeof Fastify),
  Hono: onHono,
};

for (const [name, start] of Object.entries(adapters)) {
  describe(`middleware.json on ${name}`, { concurrency: 8 }, () => {
    for (const c of middlewareCases) {
      test(c.name, async (t) => {
        const api = await fakeApi(t, [c.answers ?? []]);
        const { client, events } = watchedClient({ api: `${api.url}/0`, closed: closedUrl }, c);
        const url = await start(t, c, client);
        const received = await call(url + (c.request.path ?? "/"), c.request.method, c.request.headers);
        checkMiddleware(c, 0, api, received, events);
      });
    }
  });
}

describe("middleware.json on a fetch handler", async () => {
  for (const [i, c] of middlewareCases.entries()) {
    if (c.options.client_ip === "connection") continue; // a Request does not tell it
    test(c.name, async (t) => {
      const api = await fakeApi(
        t,
        middlewareCases.map((m) => m.answers ?? []),
      );
      const url = await serve(t, getRequestListener(fetchApp(middlewareCases, api.url, closedUrl)));
      const headers: [string, string][] = [...(c.request.headers ?? []), ["x-case", String(i)]];
      const received = await call(url + (c.request.path ?? "/"), c.request.method, headers);
      const events = JSON.parse((await call(`${url}/events`, "GET", [["x-case", String(i)]])).text) as Record<
        string,
        unknown
      >[];
      checkMiddleware(c, i, api, received, events);
    });
  }
});
