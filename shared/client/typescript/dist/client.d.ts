import { UndecidedError } from "./errors.js";
import { type RefusalCode, type Verdict } from "./verdict.js";
/** How to reach the API. */
export interface ClientOptions {
    /** Address of the Arxkeys API, such as `https://keys.example.com`. Plain http is accepted for this machine only. */
    readonly baseUrl: string | URL;
    /** A management key with the role verifier. */
    readonly managementKey: string;
    /** Milliseconds for a question in all, with its repetition and the answer's body. The default is 2000. */
    readonly timeoutMs?: number;
    /** Is told about each question, for logs and metrics. */
    readonly hook?: Hook;
    /** Replaces the global fetch, for tests and proxies. It must end when `init.signal` says so. */
    readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}
/** What to ask about an access key. */
export interface Question {
    /** The access key as it was presented. */
    readonly key: string;
    /** The id of the Arx that you serve, or `*` for any. */
    readonly arx: string;
    /** Scopes that the key must grant, all of them. */
    readonly scopes?: readonly string[] | undefined;
    /** Address of the client that presented the key. Keys with `allowed_ips` are refused without it. */
    readonly ip?: string | undefined;
    /** Origin header of the client that presented the key. Keys of client applications are refused without it. */
    readonly origin?: string | undefined;
    /** Uses to charge. The API's default is 1. */
    readonly cost?: number | undefined;
}
/** Is called once for each question. Its errors are ignored. */
export type Hook = (event: HookEvent) => void | Promise<void>;
/** What a hook learns. It never holds a key. */
export interface HookEvent {
    /** The verdict's code, or why there is no verdict. */
    readonly code: "VALID" | RefusalCode | "UNDECIDED" | "NO_KEY" | "TWO_KEYS";
    /** Status of the middleware's answer; absent where the application answers. */
    readonly status?: number;
    readonly keyId?: string;
    readonly applicationId?: string;
    readonly arxId?: string;
    /** Milliseconds that the question took. */
    readonly durationMs: number;
    /** Requests that were sent to the API. */
    readonly attempts: number;
    /** Why nothing could be decided. */
    readonly error?: string;
}
/** The result of a question, before the hook is told. */
export type Outcome = {
    readonly attempts: number;
    readonly durationMs: number;
} & ({
    readonly verdict: Verdict;
} | {
    readonly verdict?: never;
    readonly error: UndecidedError;
});
/** For the middlewares, which tell the hook about their answer too. Not exported by the package. */
export declare let ask: (client: Client, question: Question) => Promise<Outcome>;
export declare let tell: (client: Client, event: HookEvent) => void;
/**
 * Asks the Arxkeys API about access keys. It keeps no answers: each question is one request, so that a revoked key
 * fails at once.
 */
export declare class Client {
    #private;
    /** Throws a TypeError for options that cannot work. */
    constructor(options: ClientOptions);
    /**
     * Returns the verdict on an access key. Rejects with an `UndecidedError` if there is none, and with a `TypeError`
     * for a question that names no Arx.
     */
    verify(question: Question): Promise<Verdict>;
}
/** Throws a TypeError if no Arx is named. */
export declare function requireArx(arx: unknown): asserts arx is string;
/** Returns the event of a question. */
export declare function eventOf(outcome: Outcome): HookEvent;
