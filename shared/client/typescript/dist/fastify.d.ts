import type { Client } from "./client.js";
import { type GuardOptions } from "./guard.js";
import { type NodeRequest } from "./node.js";
import type { Allowed } from "./verdict.js";
export type { ClientIp } from "./address.js";
export type { GuardOptions } from "./guard.js";
declare module "fastify" {
    interface FastifyRequest {
        /** The verdict on the access key, behind `protect`. */
        arxkeys?: Allowed;
    }
}
/** The part of Fastify's request that the hook uses. */
export interface RequestLike {
    readonly raw: NodeRequest;
    arxkeys?: Allowed;
}
/** The part of Fastify's reply that the hook uses. */
export interface ReplyLike {
    code(status: number): unknown;
    header(name: string, value: string): unknown;
    send(body: unknown): unknown;
}
/**
 * Returns an `onRequest` hook, for an instance (`app.addHook("onRequest", …)`) or a route. It lets requests with a valid
 * access key pass, with the verdict in `request.arxkeys`, and answers all others. Register CORS before it: a preflight
 * has no key.
 */
export declare function protect<Request extends RequestLike = RequestLike>(client: Client, options: GuardOptions<Request>): (request: Request, reply: ReplyLike) => Promise<unknown>;
