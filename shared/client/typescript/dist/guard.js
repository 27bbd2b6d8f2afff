import { clientIpOf } from "./address.js";
import { ask, eventOf, requireArx, tell } from "./client.js";
import { UndecidedError, WrongSetup } from "./errors.js";
/** Returns a function that decides about requests. Throws a TypeError for options that cannot work. */
export function guard(client, options) {
    const { arx, scopes, header = "x-api-key" } = options;
    requireArx(arx);
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(header))
        throw new TypeError("header is not the name of a header");
    const clientIp = clientIpOf(options.clientIp);
    async function question(incoming, key) {
        let ip;
        let needed;
        try {
            needed = typeof scopes === "function" ? await scopes(incoming.request) : (scopes ?? []);
            // A function that finds nothing in a table must not ask for no scopes.
            if (!Array.isArray(needed))
                throw new WrongSetup("scopes are not a list");
            ip = await clientIp(incoming);
        }
        catch (error) {
            // The function's own error may quote the request.
            const reason = error instanceof WrongSetup ? error.message : "the function for the client's address or the scopes failed";
            return { error: new UndecidedError(reason), attempts: 0, durationMs: 0 };
        }
        return ask(client, { key, arx, scopes: needed, ip, origin: incoming.values("origin").join(", ") });
    }
    return async (incoming) => {
        const key = accessKey(incoming.values(header));
        if (key.missing) {
            tell(client, { code: key.missing, status: 401, durationMs: 0, attempts: 0 });
            return refusal(401, {}, key.missing === "TWO_KEYS");
        }
        const outcome = await question(incoming, key.text);
        const decision = decide(outcome);
        const event = eventOf(outcome);
        tell(client, decision.verdict ? event : { ...event, status: decision.status });
        return decision;
    };
}
/** Returns the only key in a header: one that holds several, even a repeated one, is refused. */
function accessKey(values) {
    if (values.length > 1)
        return { missing: "TWO_KEYS" };
    const text = (values[0] ?? "").trim().replace(/^Bearer(?: +|$)/i, "");
    if (text === "")
        return { missing: "NO_KEY" };
    return /[,\s]/.test(text) ? { missing: "TWO_KEYS" } : { text };
}
function decide({ verdict }) {
    if (!verdict)
        return refusal(503, { "retry-after": "1" });
    const headers = rateLimitHeaders(verdict);
    if (verdict.valid)
        return { verdict, headers };
    switch (verdict.code) {
        case "MALFORMED":
        case "NOT_FOUND":
            return refusal(401, headers, true);
        case "RATE_LIMITED":
            return refusal(429, { ...headers, "retry-after": String(Math.max(1, verdict.rateLimit?.resetSeconds ?? 1)) });
        case "USAGE_EXHAUSTED":
            return refusal(429, { ...headers, "retry-after": "3600" });
        default:
            return refusal(403, headers);
    }
}
function rateLimitHeaders({ rateLimit }) {
    if (!rateLimit?.windowSeconds)
        return {};
    const { limit, windowSeconds, remaining, resetSeconds } = rateLimit;
    return {
        "ratelimit-policy": `"key";q=${limit};w=${windowSeconds}`,
        ratelimit: `"key";r=${remaining};t=${resetSeconds}`,
    };
}
/** The answers say nothing about a key that its holder could use to find out more. */
const problems = {
    401: { title: "Unauthorized", code: "unauthenticated", detail: "Send one valid access key." },
    403: { title: "Forbidden", code: "forbidden", detail: "This access key is not allowed to do this." },
    429: { title: "Too Many Requests", code: "too_many_requests", detail: "The limit of this access key is reached." },
    503: {
        title: "Service Unavailable",
        code: "unavailable",
        detail: "The access key could not be verified. Try again.",
    },
};
function refusal(status, headers = {}, presented = false) {
    const { title, code, detail } = problems[status];
    return {
        status,
        headers: {
            "content-type": "application/problem+json",
            "cache-control": "no-store",
            ...(status === 401 && { "www-authenticate": presented ? 'Bearer error="invalid_token"' : "Bearer" }),
            ...headers,
        },
        body: JSON.stringify({ type: "about:blank", title, status, code, detail }),
    };
}
