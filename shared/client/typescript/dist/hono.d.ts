/** Middleware for Hono, on every runtime. */
import type { Context, MiddlewareHandler } from "hono";
import type { ClientIpOfRequest } from "./address.js";
import type { Client } from "./client.js";
import { type GuardOptions } from "./guard.js";
import type { Allowed } from "./verdict.js";
export type { ClientIpOfRequest } from "./address.js";
export type { GuardOptions } from "./guard.js";
/** The variable that the middleware sets: `new Hono<{ Variables: ArxkeysVariables }>()`. */
export interface ArxkeysVariables {
    /** The verdict on the access key. */
    arxkeys: Allowed;
}
/**
 * Returns a middleware that lets requests with a valid access key pass, with the verdict in `c.var.arxkeys`, and answers
 * all others. Put CORS before it: a preflight has no key.
 */
export declare function protect(client: Client, options: GuardOptions<Context, ClientIpOfRequest<Context>>): MiddlewareHandler<{
    Variables: ArxkeysVariables;
}>;
