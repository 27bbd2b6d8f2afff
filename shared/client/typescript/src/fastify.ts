/** Hook for Fastify 4 and 5. */
import type {} from "fastify";
import type { Client } from "./client.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { incomingOf, type NodeRequest } from "./node.ts";
import type { Allowed } from "./verdict.ts";

export type { ClientIp } from "./address.ts";
export type { GuardOptions } from "./guard.ts";

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
export function protect<Request extends RequestLike = RequestLike>(
  client: Client,
  options: GuardOptions<Request>,
): (request: Request, reply: ReplyLike) => Promise<unknown> {
  const check = guard(client, options);
  return async (request, reply) => {
    const decision = await check(incomingOf(request, request.raw));
    for (const [name, value] of Object.entries(decision.headers)) reply.header(name, value);
    if (decision.verdict) {
      request.arxkeys = decision.verdict;
      return undefined;
    }
    reply.code(decision.status);
    // As bytes: Fastify adds a charset to the type of a text.
    return reply.send(new TextEncoder().encode(decision.body));
  };
}
