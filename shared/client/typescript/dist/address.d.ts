import type { Incoming } from "./guard.js";
/**
 * Where the address of the client comes from:
 * - `"connection"`: the other end of the connection. Right for a server that clients reach directly.
 * - `{ header }`: a header with exactly one address, which your proxy overwrites in every request.
 * - a function of the request.
 *
 * If it gives no address, the answer is 503.
 */
export type ClientIp<Request> = "connection" | ClientIpOfRequest<Request>;
/** As `ClientIp`, where a request does not tell the other end of its connection. */
export type ClientIpOfRequest<Request> = {
    readonly header: string;
} | ((request: Request) => MaybeAddress | Promise<MaybeAddress>);
type MaybeAddress = string | undefined;
/** Returns a function that returns the client's address, or undefined if there is no setting. */
export declare function clientIpOf<Request>(setting: ClientIp<Request> | undefined): (incoming: Incoming<Request>) => Promise<string | undefined>;
export {};
