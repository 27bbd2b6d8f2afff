import { codeOf, isNotConnected, UndecidedError, withoutSecrets } from "./errors.js";
import { Inconsistent, malformed, parseVerdict } from "./verdict.js";
const path = "/v1/keys/verify";
const maxKeyBytes = 512;
const maxBodyBytes = 1 << 20;
const pauseMs = 100;
/** For the middlewares, which tell the hook about their answer too. Not exported by the package. */
export let ask;
export let tell;
/**
 * Asks the Arxkeys API about access keys. It keeps no answers: each question is one request, so that a revoked key
 * fails at once.
 */
export class Client {
    // Private fields: neither util.inspect nor JSON.stringify shows them.
    #url;
    #managementKey;
    #timeoutMs;
    #hook;
    #fetch;
    static {
        ask = (client, question) => client.#ask(question);
        tell = (client, event) => client.#tell(event);
    }
    /** Throws a TypeError for options that cannot work. */
    constructor(options) {
        this.#url = verifyUrl(options.baseUrl);
        // A wrong character would make fetch throw an error that quotes the header.
        if (typeof options.managementKey !== "string" || !/^arxm_[\x21-\x7e]+$/.test(options.managementKey)) {
            throw new TypeError("managementKey is not a management key (arxm_…)");
        }
        this.#managementKey = options.managementKey;
        this.#timeoutMs = options.timeoutMs ?? 2000;
        if (!(this.#timeoutMs > 0 && this.#timeoutMs < 2 ** 31))
            throw new TypeError("timeoutMs must be positive");
        this.#hook = options.hook;
        this.#fetch = options.fetch ?? fetchOfDeno();
    }
    /**
     * Returns the verdict on an access key. Rejects with an `UndecidedError` if there is none, and with a `TypeError`
     * for a question that names no Arx.
     */
    async verify(question) {
        const outcome = await this.#ask(question);
        this.#tell(eventOf(outcome));
        if (outcome.verdict)
            return outcome.verdict;
        throw outcome.error;
    }
    async #ask(question) {
        requireArx(question.arx);
        const began = performance.now();
        let attempts = 0;
        const taken = () => ({ attempts, durationMs: performance.now() - began });
        if (question.key === "" || new TextEncoder().encode(question.key).length > maxKeyBytes) {
            return { verdict: malformed, ...taken() };
        }
        const timer = new AbortController();
        const timeout = setTimeout(() => timer.abort(), this.#timeoutMs);
        try {
            const body = JSON.stringify(bodyOf(question));
            for (;;) {
                attempts++;
                const answer = await this.#attempt(body, question, timer.signal);
                if (!("error" in answer))
                    return { ...answer, ...taken() };
                const left = this.#timeoutMs - (performance.now() - began);
                // Repeated at most once, and only if nothing can have been charged.
                if (attempts > 1 || answer.repeatAfterMs === undefined || answer.repeatAfterMs >= left)
                    return { error: answer.error, ...taken() };
                await new Promise((done) => setTimeout(done, answer.repeatAfterMs));
            }
        }
        finally {
            clearTimeout(timeout);
        }
    }
    async #attempt(body, question, signal) {
        let response;
        const undecided = (reason, cause) => new UndecidedError(reason, {
            status: response?.status,
            requestId: response?.headers.get("x-request-id") ?? undefined,
            cause: withoutSecrets(cause, [question.key, this.#managementKey]),
        });
        try {
            const send = this.#fetch ?? fetch;
            response = await send(this.#url, {
                method: "POST",
                headers: {
                    authorization: `Bearer ${this.#managementKey}`,
                    "content-type": "application/json",
                    accept: "application/json",
                },
                body,
                redirect: "manual",
                signal,
                // For frameworks that cache the answers of fetch. Workers with an old compatibility date refuse the option.
                ...("cache" in Request.prototype && { cache: "no-store" }),
            });
            if (response.status !== 200) {
                response.body?.cancel().catch(() => { });
                const error = undecided(`the API answered ${response.status}`);
                return response.status === 429 ? { error, repeatAfterMs: retryAfterMs(response.headers) } : { error };
            }
            return { verdict: parseVerdict(await readText(response), question.arx) };
        }
        catch (error) {
            if (error instanceof Inconsistent)
                return { error: undecided(error.message) };
            if (signal.aborted)
                return { error: undecided(`there was no answer within ${this.#timeoutMs} ms`) };
            if (response !== undefined)
                return { error: undecided(`the answer could not be read${codeOf(error)}`, error) };
            if (isNotConnected(error))
                return { error: undecided(`the API could not be reached${codeOf(error)}`, error), repeatAfterMs: pauseMs };
            return { error: undecided(`the connection to the API failed${codeOf(error)}`, error) };
        }
    }
    #tell(event) {
        try {
            Promise.resolve(this.#hook?.(event)).catch(() => { });
        }
        catch {
            // A hook must not change the answer.
        }
    }
}
/** Throws a TypeError if no Arx is named. */
export function requireArx(arx) {
    if (typeof arx !== "string" || (arx !== "*" && !/^arx_[0-9A-Za-z]{16}$/.test(arx))) {
        throw new TypeError('arx must be the id of the Arx that you serve (arx_…), or "*" for any');
    }
}
/** Returns the event of a question. */
export function eventOf(outcome) {
    const { attempts, durationMs, verdict } = outcome;
    if (!verdict)
        return { code: "UNDECIDED", durationMs, attempts, error: outcome.error.message };
    return {
        code: verdict.code,
        ...(verdict.key && { keyId: verdict.key.id }),
        ...(verdict.application && { applicationId: verdict.application.id }),
        ...(verdict.arx && { arxId: verdict.arx.id }),
        durationMs,
        attempts,
    };
}
function bodyOf(question) {
    const { key, arx, scopes, ip, origin, cost } = question;
    return {
        key,
        ...(arx !== "*" && { arx_id: arx }),
        ...(scopes && scopes.length > 0 && { scopes }),
        ...(ip && { ip }),
        ...(origin && { origin }),
        ...(cost !== undefined && { cost }),
    };
}
// The messages do not quote the address, which may contain a password.
function verifyUrl(base) {
    // The parser would take the first part of a path for a missing host.
    if (!/^https?:\/\/[^/\\]/i.test(String(base)) || !URL.canParse(base))
        throw new TypeError("baseUrl is not an https URL");
    const url = new URL(base);
    const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
        throw new TypeError("baseUrl must begin with https://, because the keys are sent to it");
    }
    if (url.username || url.password || url.search || url.hash) {
        throw new TypeError("baseUrl must have no user, query or fragment");
    }
    return url.origin + url.pathname.replace(/\/+$/, "") + path;
}
/** Returns how long a 429 asks to wait: the usual pause if it does not say. */
function retryAfterMs(headers) {
    const text = headers.get("retry-after");
    if (text === null)
        return pauseMs;
    return /^\d+$/.test(text) ? Math.max(pauseMs, Number(text) * 1000) : Number.POSITIVE_INFINITY;
}
async function readText(response) {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let text = "";
    let bytes = 0;
    const reader = response.body?.getReader();
    while (reader) {
        const { done, value } = await reader.read();
        if (done)
            break;
        bytes += value.length;
        if (bytes > maxBodyBytes) {
            reader.cancel().catch(() => { });
            throw new Inconsistent("the answer is larger than 1 MiB");
        }
        text += decoder.decode(value, { stream: true });
    }
    return text + decoder.decode();
}
/**
 * Deno itself repeats a request if a connection that it has used before is reset, which may charge a key twice. So there each
 * question has a connection of its own. Other runtimes get `undefined`.
 */
function fetchOfDeno() {
    const { Deno } = globalThis;
    const client = Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
    return client === undefined ? undefined : (input, init) => fetch(input, { ...init, client });
}
