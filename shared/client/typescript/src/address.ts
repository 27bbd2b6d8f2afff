import { WrongSetup } from "./errors.ts";
import type { Incoming } from "./guard.ts";

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
export type ClientIpOfRequest<Request> =
  | { readonly header: string }
  | ((request: Request) => MaybeAddress | Promise<MaybeAddress>);

type MaybeAddress = string | undefined;

/** Returns a function that returns the client's address, or undefined if there is no setting. */
export function clientIpOf<Request>(
  setting: ClientIp<Request> | undefined,
): (incoming: Incoming<Request>) => Promise<string | undefined> {
  if (setting === undefined) return async () => undefined;
  return async (incoming) => {
    const text = await read(setting, incoming);
    if (typeof text !== "string" || !isAddress(text))
      throw new WrongSetup("clientIp gave no address: the proxy or the option is set up wrongly");
    return text;
  };
}

function read<Request>(setting: ClientIp<Request>, incoming: Incoming<Request>): MaybeAddress | Promise<MaybeAddress> {
  if (typeof setting === "function") return setting(incoming.request);
  // Sockets that accept IPv4 and IPv6 write an IPv4 address as ::ffff:203.0.113.7. A zone follows fe80::1%eth0.
  if (setting === "connection") return incoming.peer?.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*/, "");
  const values = incoming.values(setting.header);
  return values.length === 1 ? values[0]?.trim() : undefined;
}

function isAddress(text: string): boolean {
  if (text.includes(":")) return /^[0-9A-Fa-f:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}
