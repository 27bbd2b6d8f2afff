/** For handlers from a Request to a Response: Deno.serve, Bun.serve, Workers, and frameworks with such handlers. */
import type { ClientIpOfRequest } from "./address.js";
import type { Client } from "./client.js";
import { type Decision, type GuardOptions, type Incoming } from "./guard.js";
import type { Allowed } from "./verdict.js";
export type { ClientIpOfRequest } from "./address.js";
export type { GuardOptions } from "./guard.js";
/**
 * Returns a handler that calls yours for requests with a valid access key, with the verdict as second argument, and
 * answers all others. Further arguments of the runtime (`env` and `ctx` of Workers, `server` of Bun) follow the verdict.
 */
export declare function protect<Rest extends unknown[]>(client: Client, options: GuardOptions<Request, ClientIpOfRequest<Request>>, handler: (request: Request, verdict: Allowed, ...rest: Rest) => Response | Promise<Response>): (request: Request, ...rest: Rest) => Promise<Response>;
/** Returns what the guard reads of a request with Headers. They join repeated fields with a comma. */
export declare function incomingOf<Request>(request: Request, headers: Headers): Incoming<Request>;
/** Returns the answer to a request that may not pass. */
export declare function refusalOf(decision: Exclude<Decision, {
    verdict: Allowed;
}>): Response;
