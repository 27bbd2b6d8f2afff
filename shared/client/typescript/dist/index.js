/** Verifies access keys with the Arxkeys API. */
export { Client } from "./client.js";
export { UndecidedError } from "./errors.js";
