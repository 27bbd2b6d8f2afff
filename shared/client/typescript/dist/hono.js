import { incomingOf, refusalOf } from "./fetch.js";
import { guard } from "./guard.js";
/**
 * Returns a middleware that lets requests with a valid access key pass, with the verdict in `c.var.arxkeys`, and answers
 * all others. Put CORS before it: a preflight has no key.
 */
export function protect(client, options) {
    const check = guard(client, options);
    return async (c, next) => {
        const decision = await check(incomingOf(c, c.req.raw.headers));
        if (!decision.verdict)
            return refusalOf(decision);
        c.set("arxkeys", decision.verdict);
        await next();
        for (const [name, value] of Object.entries(decision.headers))
            c.header(name, value);
        return undefined;
    };
}
