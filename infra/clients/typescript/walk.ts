// A key's life through a client that was generated from the OpenAPI document.
import assert from "node:assert/strict";

/** What the walk needs of a client, by the operations of a key's life. Answers are the document's. */
export interface Steps {
  createApplication(name: string): Promise<{ id: string }>;
  createArx(name: string): Promise<{ id: string }>;
  createKey(applicationId: string, arxId: string, idempotencyKey: string): Promise<{ key: { id: string; status: string }; access_key: string | null }>;
  verify(accessKey: string, arxId: string): Promise<{ valid: boolean; code: string }>;
  rotate(id: string): Promise<{ access_key: string | null }>;
  disable(id: string): Promise<{ status: string }>;
  enable(id: string): Promise<{ status: string }>;
  rename(id: string, name: string): Promise<{ name: string; rate_limit: unknown }>;
  remove(id: string): Promise<{ status: string }>;
  listIds(): Promise<string[]>;
  /** The code of the problem that answers a get. */
  missing(id: string): Promise<string>;
}

export async function walk(client: string, s: Steps): Promise<void> {
  const unique = `${client} ${Date.now()}`;
  const application = await s.createApplication(unique);
  const arx = await s.createArx(unique);
  const created = await s.createKey(application.id, arx.id, unique);
  assert.ok(created.access_key, "the answer that creates a key holds the access key");
  const replayed = await s.createKey(application.id, arx.id, unique);
  assert.equal(replayed.access_key, null, "a replay holds null");
  assert.equal(replayed.key.id, created.key.id);
  const id = created.key.id;
  assert.deepEqual(await verdict(created.access_key), [true, "VALID"]);
  const rotated = await s.rotate(id);
  assert.ok(rotated.access_key && rotated.access_key !== created.access_key);
  assert.deepEqual(await verdict(created.access_key), [false, "NOT_FOUND"]);
  assert.equal((await s.disable(id)).status, "disabled");
  assert.deepEqual(await verdict(rotated.access_key), [false, "DISABLED"]);
  assert.equal((await s.enable(id)).status, "active");
  const renamed = await s.rename(id, "renamed");
  assert.equal(renamed.name, "renamed");
  assert.equal(renamed.rate_limit, null);
  assert.ok((await s.listIds()).includes(id));
  assert.equal((await s.remove(id)).status, "deleted");
  assert.deepEqual(await verdict(rotated.access_key), [false, "NOT_FOUND"]);
  assert.equal(await s.missing("key_0000000000000000"), "not_found");

  async function verdict(accessKey: string): Promise<[boolean, string]> {
    const v = await s.verify(accessKey, arx.id);
    return [v.valid, v.code];
  }
}

/** The data of an answer that has to be one. */
export function data<T>(answer: { data?: T | undefined; error?: unknown }): T {
  assert.ok(answer.data !== undefined, `refused: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

export const api = (): string => process.env["ARXKEYS_API"] ?? assert.fail("ARXKEYS_API is not set");
export const credential = (): string => process.env["ARXKEYS_CREDENTIAL"] ?? assert.fail("ARXKEYS_CREDENTIAL is not set");

/** The code of a problem; none of what API Gateway answers by itself. */
export function code(error: object | undefined): string {
  return error && "code" in error && typeof error.code === "string" ? error.code : "none";
}
