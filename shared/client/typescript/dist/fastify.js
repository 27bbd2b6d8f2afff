import { guard } from "./guard.js";
import { incomingOf } from "./node.js";
/**
 * Returns an `onRequest` hook, for an instance (`app.addHook("onRequest", …)`) or a route. It lets requests with a valid
 * access key pass, with the verdict in `request.arxkeys`, and answers all others. Register CORS before it: a preflight
 * has no key.
 */
export function protect(client, options) {
    const check = guard(client, options);
    return async (request, reply) => {
        const decision = await check(incomingOf(request, request.raw));
        for (const [name, value] of Object.entries(decision.headers))
            reply.header(name, value);
        if (decision.verdict) {
            request.arxkeys = decision.verdict;
            return undefined;
        }
        reply.code(decision.status);
        // As bytes: Fastify adds a charset to the type of a text.
        return reply.send(new TextEncoder().encode(decision.body));
    };
}
