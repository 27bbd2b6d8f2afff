/** The verdict on a text that cannot be an access key. */
export const malformed = Object.freeze({ valid: false, code: "MALFORMED" });
/**
 * Returns the verdict in the body of an answer to a question about the Arx (`*`: any). Throws `Inconsistent` for
 * anything that is not a verdict, or that is one about another Arx.
 */
export function parseVerdict(text, arx) {
    let body;
    try {
        body = JSON.parse(text);
    }
    catch {
        // The parser's message quotes the text, which may be anything.
        throw new Inconsistent("the answer is not JSON");
    }
    const v = object(body, "the answer");
    const key = optional(v["key"], parseKey);
    const application = optional(v["application"], parseApplication);
    const verifiedArx = optional(v["arx"], parseArx);
    const rateLimit = optional(v["rate_limit"], parseRateLimit);
    const remainingUses = optional(v["remaining_uses"], (value) => count(value, "remaining_uses"));
    const limits = {
        ...(rateLimit && { rateLimit }),
        ...(remainingUses !== undefined && { remainingUses }),
    };
    const code = string(v["code"], "code");
    if (typeof v["valid"] !== "boolean" || code === "" || v["valid"] !== (code === "VALID")) {
        throw new Inconsistent("valid and code contradict each other");
    }
    if (!v["valid"]) {
        return {
            valid: false,
            code,
            ...(key && { key }),
            ...(application && { application }),
            ...(verifiedArx && { arx: verifiedArx }),
            ...limits,
        };
    }
    if (!key?.id || !application?.id || !verifiedArx?.id) {
        throw new Inconsistent("the answer does not say whose key is valid");
    }
    if (arx !== "*" && verifiedArx.id !== arx) {
        throw new Inconsistent("the answer is about another Arx");
    }
    return { valid: true, code: "VALID", key, application, arx: verifiedArx, ...limits };
}
/** An answer that is not a verdict. Its message never quotes the answer. */
export class Inconsistent extends Error {
}
function parseKey(value) {
    const key = object(value, "key");
    return {
        id: string(key["id"], "key.id"),
        name: string(key["name"], "key.name"),
        scopes: strings(key["scopes"], "key.scopes"),
        metadata: key["metadata"] == null ? {} : object(key["metadata"], "key.metadata"),
        expiresAt: key["expires_at"] == null ? null : time(key["expires_at"], "key.expires_at"),
    };
}
function parseApplication(value) {
    const application = object(value, "application");
    return { id: string(application["id"], "application.id"), name: string(application["name"], "application.name") };
}
function parseArx(value) {
    const arx = object(value, "arx");
    return {
        id: string(arx["id"], "arx.id"),
        name: string(arx["name"], "arx.name"),
        purpose: string(arx["purpose"], "arx.purpose"),
        endpoint: string(arx["endpoint"], "arx.endpoint"),
        regions: strings(arx["regions"], "arx.regions"),
        encryptionMethod: string(arx["encryption_method"], "arx.encryption_method"),
    };
}
function parseRateLimit(value) {
    const state = object(value, "rate_limit");
    return {
        limit: count(state["limit"], "rate_limit.limit"),
        remaining: count(state["remaining"], "rate_limit.remaining"),
        resetAt: time(state["reset_at"], "rate_limit.reset_at"),
        windowSeconds: count(state["window_seconds"] ?? 0, "rate_limit.window_seconds"),
        resetSeconds: count(state["reset_seconds"] ?? 0, "rate_limit.reset_seconds"),
    };
}
function optional(value, parse) {
    return value === undefined || value === null ? undefined : parse(value);
}
function object(value, field) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new Inconsistent(`${field} is not an object`);
    }
    return value;
}
// A missing text is empty, and a missing list has no items, as in the API's other clients.
function string(value, field) {
    if (value === undefined || value === null)
        return "";
    if (typeof value !== "string")
        throw new Inconsistent(`${field} is not text`);
    return value;
}
function strings(value, field) {
    if (value === undefined || value === null)
        return [];
    if (!Array.isArray(value))
        throw new Inconsistent(`${field} is not a list`);
    return value.map((item) => {
        if (typeof item !== "string")
            throw new Inconsistent(`${field} holds something that is not text`);
        return item;
    });
}
function count(value, field) {
    if (typeof value !== "number" || !Number.isInteger(value))
        throw new Inconsistent(`${field} is not a whole number`);
    return value;
}
function time(value, field) {
    const at = new Date(typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value) ? value : Number.NaN);
    if (Number.isNaN(at.getTime()))
        throw new Inconsistent(`${field} is not a time`);
    return at;
}
