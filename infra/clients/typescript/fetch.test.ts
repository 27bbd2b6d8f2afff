// openapi-typescript's types with openapi-fetch.
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { paths } from "./generated/types.js";
import { api, code, credential, data, walk } from "./walk.js";

test("openapi-fetch walks a key's life", async () => {
  const client = createClient<paths>({ baseUrl: api(), headers: { Authorization: `Bearer ${credential()}` } });
  const at = (id: string) => ({ params: { path: { id } } });
  await walk("openapi-fetch", {
    createApplication: async (name) => data(await client.POST("/v1/applications", { body: { name, technology: "server" } })),
    createArx: async (name) => data(await client.POST("/v1/arxes", { body: { name, regions: ["eu-central-1"] } })),
    createKey: async (application_id, arx_id, key) =>
      data(await client.POST("/v1/keys", { body: { application_id, arx_id }, params: { header: { "Idempotency-Key": key } } })),
    verify: async (key, arx_id) => data(await client.POST("/v1/keys/verify", { body: { key, arx_id } })),
    rotate: async (id) => data(await client.POST("/v1/keys/{id}/rotate", { ...at(id), body: { overlap_seconds: 0 } })),
    disable: async (id) => data(await client.POST("/v1/keys/{id}/disable", at(id))),
    enable: async (id) => data(await client.POST("/v1/keys/{id}/enable", at(id))),
    rename: async (id, name) => data(await client.PATCH("/v1/keys/{id}", { ...at(id), body: { name } })),
    remove: async (id) => data(await client.DELETE("/v1/keys/{id}", at(id))),
    listIds: async () => data(await client.GET("/v1/keys", { params: { query: { limit: 100 } } })).items.map((k) => k.id),
    missing: async (id) => code((await client.GET("/v1/keys/{id}", at(id))).error),
  });
});
