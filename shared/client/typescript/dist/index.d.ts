/** Verifies access keys with the Arxkeys API. */
export { Client, type ClientOptions, type Hook, type HookEvent, type Question } from "./client.js";
export { UndecidedError } from "./errors.js";
export type { Allowed, Limits, RateLimit, RefusalCode, Refused, Verdict, VerifiedApplication, VerifiedArx, VerifiedKey, } from "./verdict.js";
