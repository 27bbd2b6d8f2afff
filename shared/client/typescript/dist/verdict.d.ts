/** What the Arxkeys API says about an access key. Check `valid`; the other fields follow from it. */
export type Verdict = Allowed | Refused;
/** The access key is valid for this request, and one use is charged. */
export interface Allowed extends Limits {
    readonly valid: true;
    readonly code: "VALID";
    readonly key: VerifiedKey;
    readonly application: VerifiedApplication;
    readonly arx: VerifiedArx;
}
/** The access key is not valid for this request. The identity is present only if the key is known. */
export interface Refused extends Limits {
    readonly valid: false;
    readonly code: RefusalCode;
    readonly key?: VerifiedKey;
    readonly application?: VerifiedApplication;
    readonly arx?: VerifiedArx;
}
/** Why a key is refused, in the order in which the API checks. A later version of the API may add codes. */
export type RefusalCode = "MALFORMED" | "NOT_FOUND" | "DISABLED" | "EXPIRED" | "WRONG_ARX" | "APPLICATION_INACTIVE" | "ARX_INACTIVE" | "IP_NOT_ALLOWED" | "ORIGIN_NOT_ALLOWED" | "INSUFFICIENT_SCOPE" | "RATE_LIMITED" | "USAGE_EXHAUSTED" | (string & {});
/** What remains of the limits of a key that has some. */
export interface Limits {
    readonly rateLimit?: RateLimit;
    readonly remainingUses?: number;
}
/** The API key that the access key belongs to. */
export interface VerifiedKey {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly string[];
    /** The JSON object that the key was created with. */
    readonly metadata: Readonly<Record<string, unknown>>;
    /** Null for a key that does not expire. */
    readonly expiresAt: Date | null;
}
/** The application that holds the key. */
export interface VerifiedApplication {
    readonly id: string;
    readonly name: string;
}
/** The Arx that the key is for. */
export interface VerifiedArx {
    readonly id: string;
    readonly name: string;
    readonly purpose: string;
    readonly endpoint: string;
    readonly regions: readonly string[];
    readonly encryptionMethod: string;
}
/** The state of a key's rate limit. */
export interface RateLimit {
    /** Verifications that may pass in a window. */
    readonly limit: number;
    readonly remaining: number;
    /** Start of the next window. */
    readonly resetAt: Date;
    /** Length of the window. 0 if the API is too old to tell. */
    readonly windowSeconds: number;
    /** Seconds from the verdict to the next window, rounded up. 0 if the API is too old to tell. */
    readonly resetSeconds: number;
}
/** The verdict on a text that cannot be an access key. */
export declare const malformed: Refused;
/**
 * Returns the verdict in the body of an answer to a question about the Arx (`*`: any). Throws `Inconsistent` for
 * anything that is not a verdict, or that is one about another Arx.
 */
export declare function parseVerdict(text: string, arx: string): Verdict;
/** An answer that is not a verdict. Its message never quotes the answer. */
export declare class Inconsistent extends Error {
}
