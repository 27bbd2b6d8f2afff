/** Middleware for Express 4 and 5, Connect, and servers of `node:http` that use their middlewares. */
import type { Client } from "./client.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { incomingOf, type NodeRequest } from "./node.ts";
import type { Allowed } from "./verdict.ts";

export type { ClientIp } from "./address.ts";
export type { GuardOptions } from "./guard.ts";
export type { NodeRequest } from "./node.ts";

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
export function protect<Request extends NodeRequest = NodeRequest>(
  client: Client,
  options: GuardOptions<Request>,
): (request: Request, response: NodeResponse, next: (error?: unknown) => void) => void {
  const check = guard(client, options);
  return (request, response, next) => {
    check(incomingOf(request, request))
      .then((decision) => {
        for (const [name, value] of Object.entries(decision.headers)) response.setHeader(name, value);
        if (decision.verdict) {
          (request as { arxkeys?: Allowed }).arxkeys = decision.verdict;
          return true;
        }
        response.statusCode = decision.status;
        response.end(decision.body);
        return false;
      })
      .then((passes) => passes && next(), next);
  };
}
