// The vectors that all clients share, and how a case is played. Uses web standards only: it also runs in Deno, Bun and
// workerd.
import { Client, type HookEvent, type Question, UndecidedError, type Verdict } from "@arxkeys/client";
import type { GuardOptions } from "@arxkeys/client/fetch";

/** What the API answers to one request, or how it fails. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  /** Length of the body, filled with spaces. */
  pad?: number;
  fault?: "refused" | "reset" | "hang" | "stall" | "truncated" | "redirect";
}

/** A case of verify.json. */
export interface VerifyCase {
  name: string;
  timeout_ms?: number;
  request: {
    key?: string;
    arx?: string;
    scopes?: string[];
    ip?: string | null;
    origin?: string | null;
    cost?: number | null;
  };
  answers?: Answer[];
  sent?: unknown[];
  verdict?: unknown;
  undecided?: { status?: number; request_id?: string };
  error?: boolean;
  attempts?: number;
}

/** A case of middleware.json. */
export interface MiddlewareCase {
  name: string;
  timeout_ms?: number;
  options: {
    arx: string;
    scopes?: string[];
    scopes_by_method?: Record<string, string[]>;
    hook?: "fails";
    header?: string;
    client_ip?: "connection" | "fails" | { header: string } | null;
  };
  request: { method?: string; path?: string; headers?: [string, string][] };
  answers?: Answer[];
  sent?: unknown[];
  passed: boolean;
  response: { status: number; headers?: Record<string, string | null>; body?: unknown };
  event?: Record<string, unknown>;
}

/** A case of client.json. */
export interface ClientCase {
  name: string;
  base_url: string;
  management_key: string;
  ok: boolean;
}

export const managementKey = "arxm_0123456789abcdefsssssssssssssssssssssssssssssssssssssssssssc0ffee";

/** Where a case is played. */
export interface Stage {
  /** The address of the fake API for this case. */
  api: string;
  /** An address at which nothing listens. */
  closed: string;
}

/** Returns a client for a case. */
export function clientOf(stage: Stage, c: VerifyCase | MiddlewareCase, hook: (event: HookEvent) => void): Client {
  return new Client({
    baseUrl: c.answers?.[0]?.fault === "refused" ? stage.closed : stage.api,
    managementKey,
    ...(c.timeout_ms !== undefined && { timeoutMs: c.timeout_ms }),
    hook,
  });
}

/** The result of a case, in the words of the vectors. */
export interface Result {
  verdict?: unknown;
  undecided?: { status?: number; request_id?: string };
  error?: true;
  events: Record<string, unknown>[];
  /** Everything that a log could show of the error. */
  text?: string;
}

/** Asks what the case asks. */
export async function playVerify(stage: Stage, c: VerifyCase): Promise<Result> {
  const result: Result = { events: [] };
  const client = clientOf(stage, c, (event) => result.events.push(snakeEvent(event)));
  try {
    result.verdict = snakeVerdict(await client.verify(withoutNulls(c.request)));
  } catch (error) {
    if (error instanceof UndecidedError) {
      result.undecided = {
        ...(error.status !== undefined && { status: error.status }),
        ...(error.requestId !== undefined && { request_id: error.requestId }),
      };
      for (let e: unknown = error; e instanceof Error; e = e.cause)
        result.text = `${result.text ?? ""}${e.name} ${e.message} ${e.stack}\n`;
    } else if (error instanceof TypeError) result.error = true;
    else throw error;
  }
  return result;
}

function withoutNulls(request: VerifyCase["request"]): Question {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null)) as unknown as Question;
}

/**
 * Returns the options of a case for a middleware, given the adapter's way to the method of a request and to the address
 * of the connection.
 */
export function optionsOf<Request, Connection>(
  { arx, scopes, scopes_by_method, header, client_ip }: MiddlewareCase["options"],
  method: (request: Request) => string,
  connection: Connection,
): GuardOptions<Request, Connection | { header: string } | ((request: Request) => string)> {
  return {
    arx,
    ...(scopes && { scopes }),
    ...(scopes_by_method && { scopes: (request: Request) => scopes_by_method[method(request)] as string[] }),
    ...(header && { header }),
    ...(client_ip && { clientIp: client_ip === "connection" ? connection : client_ip === "fails" ? fails : client_ip }),
  };
}

function fails(): never {
  throw new Error("on purpose");
}

/** Returns a client for a case of a middleware, and the events that its hook gets. */
export function watchedClient(stage: Stage, c: MiddlewareCase): { client: Client; events: Record<string, unknown>[] } {
  const events: Record<string, unknown>[] = [];
  const client = clientOf(stage, c, (event) => {
    events.push(snakeEvent(event));
    if (c.options.hook === "fails") fails();
  });
  return { client, events };
}

export function snakeEvent(e: HookEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({
      code: e.code,
      status: e.status,
      key_id: e.keyId,
      application_id: e.applicationId,
      arx_id: e.arxId,
      attempts: e.attempts,
      error: e.error,
    }).filter(([, value]) => value !== undefined),
  );
}

/** Returns a verdict as the API writes it. */
export function snakeVerdict(v: Verdict): unknown {
  return JSON.parse(
    JSON.stringify({
      valid: v.valid,
      code: v.code,
      key: v.key && {
        id: v.key.id,
        name: v.key.name,
        scopes: v.key.scopes,
        metadata: v.key.metadata,
        expires_at: v.key.expiresAt,
      },
      application: v.application,
      arx: v.arx && {
        id: v.arx.id,
        name: v.arx.name,
        purpose: v.arx.purpose,
        endpoint: v.arx.endpoint,
        regions: v.arx.regions,
        encryption_method: v.arx.encryptionMethod,
      },
      rate_limit: v.rateLimit && {
        limit: v.rateLimit.limit,
        remaining: v.rateLimit.remaining,
        reset_at: v.rateLimit.resetAt,
        window_seconds: v.rateLimit.windowSeconds || undefined,
        reset_seconds: v.rateLimit.resetSeconds || undefined,
      },
      remaining_uses: v.remainingUses,
    }),
  );
}
