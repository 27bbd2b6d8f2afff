// Compares results with what the vectors expect.
import assert from "node:assert/strict";
import type { FakeApi, Received } from "./harness.ts";
import { type MiddlewareCase, managementKey, type Result, type VerifyCase } from "./vectors.ts";

/** Checks the result of a case of verify.json. */
export function checkVerify(c: VerifyCase, i: number, api: FakeApi, result: Result): void {
  if (c.verdict !== undefined) assert.deepEqual(result.verdict, times(c.verdict));
  else if (c.undecided !== undefined) assert.deepEqual(result.undecided, c.undecided);
  else assert.equal(result.error, true, JSON.stringify(result));
  if (c.sent !== undefined) assert.deepEqual(api.sent(i), c.sent);
  assert.equal(result.events.length, c.error ? 0 : 1);
  if (c.attempts !== undefined) assert.equal(result.events[0]?.["attempts"], c.attempts);
  const code = (c.verdict as { code: string } | undefined)?.code ?? "UNDECIDED";
  if (!c.error) assert.equal(result.events[0]?.["code"], code);
  for (const secret of [c.request.key, managementKey]) {
    if (secret)
      assert.ok(!JSON.stringify([result.text, result.events]).includes(secret), "a key is in the error or the event");
  }
}

/** Checks the answer to a case of middleware.json. The application answers with {"key_id": …}. */
export function checkMiddleware(
  c: MiddlewareCase,
  i: number,
  api: FakeApi,
  received: Received,
  events: Record<string, unknown>[],
): void {
  assert.equal(received.status, c.response.status);
  for (const [name, value] of Object.entries(c.response.headers ?? {})) {
    assert.equal(received.headers[name.toLowerCase()] ?? null, value, name);
  }
  const body = received.text === "" ? undefined : (JSON.parse(received.text) as Record<string, unknown>);
  if (c.passed) assert.equal(typeof body?.["key_id"], "string");
  else if (c.request.method !== "HEAD") assert.deepEqual(body, c.response.body ?? body);
  if (c.sent !== undefined) assert.deepEqual(api.sent(i), c.sent);
  assert.ok(!JSON.stringify([received, events]).includes(managementKey));
  const code = c.event?.["code"];
  if (typeof code === "string" && !c.passed)
    assert.ok(!JSON.stringify(received).includes(code), "the code is in the answer");
  assert.equal(events.length, 1);
  assert.equal(events[0]?.["status"], c.passed ? undefined : c.response.status);
  const { error, ...expected } = c.event ?? {};
  assert.deepEqual(subset(events[0], expected), expected);
  if (error !== undefined) assert.equal(typeof events[0]?.["error"], "string");
  for (const value of (c.request.headers ?? []).map(([, v]) => v).filter((v) => v.includes("arxk_"))) {
    assert.ok(!JSON.stringify([received, events]).includes(value), "the key is in the answer or the event");
  }
}

function subset(of: Record<string, unknown> | undefined, like: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((name) => [name, of?.[name]]));
}

/** Writes times as this client's Date does. */
function times(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, v: unknown) =>
    /_at$/.test(name) && typeof v === "string" ? new Date(v).toISOString() : v,
  );
}
