/** Verifies access keys with the Arxkeys API. */
export { Client, type ClientOptions, type Hook, type HookEvent, type Question } from "./client.ts";
export { UndecidedError } from "./errors.ts";
export type {
  Allowed,
  Limits,
  RateLimit,
  RefusalCode,
  Refused,
  Verdict,
  VerifiedApplication,
  VerifiedArx,
  VerifiedKey,
} from "./verdict.ts";
