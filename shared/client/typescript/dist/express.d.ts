/** Middleware for Express 4 and 5, Connect, and servers of `node:http` that use their middlewares. */
import type { Client } from "./client.js";
import { type GuardOptions } from "./guard.js";
import { type NodeRequest } from "./node.js";
import type { Allowed } from "./verdict.js";
export type { ClientIp } from "./address.js";
export type { GuardOptions } from "./guard.js";
export type { NodeRequest } from "./node.js";
declare global {
    namespace Express {
        interface Request {
            /** The verdict on the access key, behind `protect`. */
            arxkeys?: Allowed;
        }
    }
}
/** The part of Node.js's ServerResponse that the middleware uses. */
export interface NodeResponse {
    statusCode: number;
    setHeader(name: string, value: string): unknown;
    end(body: string): unknown;
}
/**
 * Returns a middleware that lets requests with a valid access key pass, with the verdict in `request.arxkeys`, and
 * answers all others. Put CORS before it: a preflight has no key.
 */
export declare function protect<Request extends NodeRequest = NodeRequest>(client: Client, options: GuardOptions<Request>): (request: Request, response: NodeResponse, next: (error?: unknown) => void) => void;
