import { type ClientIp } from "./address.js";
import { type Client } from "./client.js";
import type { Allowed } from "./verdict.js";
/** What a middleware requires of each request. */
export interface GuardOptions<Request, Address = ClientIp<Request>> {
    /** The id of the Arx that you serve, or `*` for any. */
    readonly arx: string;
    /** Scopes that the key must grant, all of them; or a function that returns those of a request. */
    readonly scopes?: readonly string[] | ((request: Request) => readonly string[] | Promise<readonly string[]>);
    /** The header with the access key. The default is `x-api-key`. A `Bearer ` before the key is removed. */
    readonly header?: string;
    /** Where the client's address comes from. Without it none is sent, and keys with `allowed_ips` are refused. */
    readonly clientIp?: Address;
}
/** What the guard reads of a request. */
export interface Incoming<Request> {
    readonly request: Request;
    /** The values of a header, one for each time that it was sent, or all in one, joined with commas. */
    values(header: string): readonly string[];
    /** Address of the connection. */
    readonly peer?: string | undefined;
}
/** Whether a request may pass, and the header fields of the answer. */
export type Decision = {
    readonly verdict: Allowed;
    readonly headers: Readonly<Record<string, string>>;
} | {
    readonly verdict?: never;
    readonly headers: Readonly<Record<string, string>>;
    readonly status: number;
    readonly body: string;
};
/** Returns a function that decides about requests. Throws a TypeError for options that cannot work. */
export declare function guard<Request>(client: Client, options: GuardOptions<Request>): (incoming: Incoming<Request>) => Promise<Decision>;
