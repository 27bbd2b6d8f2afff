import { guard } from "./guard.js";
import { incomingOf } from "./node.js";
/**
 * Returns a middleware that lets requests with a valid access key pass, with the verdict in `request.arxkeys`, and
 * answers all others. Put CORS before it: a preflight has no key.
 */
export function protect(client, options) {
    const check = guard(client, options);
    return (request, response, next) => {
        check(incomingOf(request, request))
            .then((decision) => {
            for (const [name, value] of Object.entries(decision.headers))
                response.setHeader(name, value);
            if (decision.verdict) {
                request.arxkeys = decision.verdict;
                return true;
            }
            response.statusCode = decision.status;
            response.end(decision.body);
            return false;
        })
            .then((passes) => passes && next(), next);
    };
}
