import type { Incoming } from "./guard.js";
/** The part of Node.js's IncomingMessage that the middlewares read. */
export interface NodeRequest {
    readonly rawHeaders: readonly string[];
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly socket: {
        readonly remoteAddress?: string | undefined;
    };
}
/** Returns what the guard reads of a request of Node.js, for a framework's request. */
export declare function incomingOf<Request>(request: Request, raw: NodeRequest): Incoming<Request>;
