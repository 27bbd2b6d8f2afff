/** Middleware for Hono, on every runtime. */
import type { Context, MiddlewareHandler } from "hono";
import type { ClientIpOfRequest } from "./address.ts";
import type { Client } from "./client.ts";
import { incomingOf, refusalOf } from "./fetch.ts";
import { type GuardOptions, guard } from "./guard.ts";
import type { Allowed } from "./verdict.ts";

export type { ClientIpOfRequest } from "./address.ts";
export type { GuardOptions } from "./guard.ts";

/** The variable that the middleware sets: `new Hono<{ Variables: ArxkeysVariables }>()`. */
export interface ArxkeysVariables {
  /** The verdict on the access key. */
  arxkeys: Allowed;
}

/**
 * Returns a middleware that lets requests with a valid access key pass, with the verdict in `c.var.arxkeys`, and answers
 * all others. Put CORS before it: a preflight has no key.
 */
export function protect(
  client: Client,
  options: GuardOptions<Context, ClientIpOfRequest<Context>>,
): MiddlewareHandler<{ Variables: ArxkeysVariables }> {
  const check = guard(client, options);
  return async (c, next) => {
    const decision = await check(incomingOf<Context>(c, c.req.raw.headers));
    if (!decision.verdict) return refusalOf(decision);
    c.set("arxkeys", decision.verdict);
    await next();
    for (const [name, value] of Object.entries(decision.headers)) c.header(name, value);
    return undefined;
  };
}
