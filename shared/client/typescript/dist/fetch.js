import { guard } from "./guard.js";
/**
 * Returns a handler that calls yours for requests with a valid access key, with the verdict as second argument, and
 * answers all others. Further arguments of the runtime (`env` and `ctx` of Workers, `server` of Bun) follow the verdict.
 */
export function protect(client, options, handler) {
    const check = guard(client, options);
    return async (request, ...rest) => {
        const decision = await check(incomingOf(request, request.headers));
        if (!decision.verdict)
            return refusalOf(decision);
        const response = await handler(request, decision.verdict, ...rest);
        const fields = Object.entries(decision.headers);
        if (fields.length === 0)
            return response;
        // The header of an answer of fetch cannot be changed, so it is copied.
        const copy = new Response(response.body, response);
        for (const [name, value] of fields)
            copy.headers.set(name, value);
        return copy;
    };
}
/** Returns what the guard reads of a request with Headers. They join repeated fields with a comma. */
export function incomingOf(request, headers) {
    return {
        request,
        values: (name) => {
            const value = headers.get(name);
            return value === null ? [] : [value];
        },
    };
}
/** Returns the answer to a request that may not pass. */
export function refusalOf(decision) {
    return new Response(decision.body, { status: decision.status, headers: decision.headers });
}
