import type { Incoming } from "./guard.ts";

/** The part of Node.js's IncomingMessage that the middlewares read. */
export interface NodeRequest {
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Returns what the guard reads of a request of Node.js, for a framework's request. */
export function incomingOf<Request>(request: Request, raw: NodeRequest): Incoming<Request> {
  return { request, values: (header) => values(raw, header.toLowerCase()), peer: raw.socket.remoteAddress };
}

// From rawHeaders: headers keeps only the first of several fields for some names, such as authorization. Adapters that
// imitate Node.js's server leave rawHeaders empty.
function values(raw: NodeRequest, header: string): readonly string[] {
  if (!(raw.rawHeaders?.length > 0)) {
    const value = raw.headers[header];
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
  }
  return raw.rawHeaders.filter((_, i) => i % 2 === 1 && raw.rawHeaders[i - 1]?.toLowerCase() === header);
}
