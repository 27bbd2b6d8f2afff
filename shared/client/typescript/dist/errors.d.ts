/**
 * It is not known whether the access key is valid: the API could not be reached in time, or did not answer with a
 * verdict. Refuse the request, and let the caller try again. Neither the message nor `cause` contains a key.
 */
export declare class UndecidedError extends Error {
    /** The status of the API's answer, if there was one. */
    readonly status: number | undefined;
    /** The id under which the API's log has the question, if it answered. */
    readonly requestId: string | undefined;
    constructor(reason: string, details?: {
        status?: number | undefined;
        requestId?: string | undefined;
        cause?: unknown;
    });
}
/** An option that does not fit the requests that arrive. */
export declare class WrongSetup extends Error {
}
/**
 * Reports whether the error of a fetch says that no connection was made. A runtime that does not tell (Workers) counts
 * as connected.
 */
export declare function isNotConnected(error: unknown): boolean;
/** Returns the code of the error or a cause, such as " (ECONNREFUSED)", or nothing. */
export declare function codeOf(error: unknown): string;
/**
 * Returns a copy of an error with its name, message, code and causes, and without everything else: an error may hold
 * the request, and with it the keys. The secrets are removed from the texts too.
 */
export declare function withoutSecrets(error: unknown, secrets: readonly string[]): Error | undefined;
