/**
 * It is not known whether the access key is valid: the API could not be reached in time, or did not answer with a
 * verdict. Refuse the request, and let the caller try again. Neither the message nor `cause` contains a key.
 */
export class UndecidedError extends Error {
    /** The status of the API's answer, if there was one. */
    status;
    /** The id under which the API's log has the question, if it answered. */
    requestId;
    constructor(reason, details = {}) {
        super(`the access key could not be verified: ${reason}`, details.cause === undefined ? undefined : { cause: details.cause });
        this.name = "UndecidedError";
        this.status = details.status;
        this.requestId = details.requestId;
    }
}
/** An option that does not fit the requests that arrive. */
export class WrongSetup extends Error {
}
/** Codes of Node.js and Bun for a connection that was not made, so that nothing was sent. */
const notConnected = new Set([
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
/**
 * Reports whether the error of a fetch says that no connection was made. A runtime that does not tell (Workers) counts
 * as connected.
 */
export function isNotConnected(error) {
    return chain(error).some((e) => (typeof e["code"] === "string" && notConnected.has(e["code"])) ||
        / client error \(Connect\): /.test(String(e["message"])));
}
/** Returns the code of the error or a cause, such as " (ECONNREFUSED)", or nothing. */
export function codeOf(error) {
    const code = chain(error)
        .map((e) => e["code"])
        .find((c) => typeof c === "string" && /^[A-Z][A-Z0-9_]*$/.test(c));
    return code === undefined ? "" : ` (${code})`;
}
/**
 * Returns a copy of an error with its name, message, code and causes, and without everything else: an error may hold
 * the request, and with it the keys. The secrets are removed from the texts too.
 */
export function withoutSecrets(error, secrets) {
    let copy;
    for (const e of chain(error).reverse()) {
        const clean = (text) => secrets.reduce((t, secret) => t.replaceAll(secret, "[redacted]"), String(text));
        const next = new Error(clean(e["message"]), copy === undefined ? undefined : { cause: copy });
        if (typeof e["name"] === "string")
            next.name = clean(e["name"]);
        if (typeof e["code"] === "string")
            next.code = clean(e["code"]);
        copy = next;
    }
    return copy;
}
/** Returns the error and its causes, at most five. */
function chain(error) {
    const errors = [];
    for (let e = error; typeof e === "object" && e !== null && errors.length < 5; e = e.cause) {
        errors.push(e);
    }
    return errors;
}
