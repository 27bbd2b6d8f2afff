import { WrongSetup } from "./errors.js";
/** Returns a function that returns the client's address, or undefined if there is no setting. */
export function clientIpOf(setting) {
    if (setting === undefined)
        return async () => undefined;
    return async (incoming) => {
        const text = await read(setting, incoming);
        if (typeof text !== "string" || !isAddress(text))
            throw new WrongSetup("clientIp gave no address: the proxy or the option is set up wrongly");
        return text;
    };
}
function read(setting, incoming) {
    if (typeof setting === "function")
        return setting(incoming.request);
    // Sockets that accept IPv4 and IPv6 write an IPv4 address as ::ffff:203.0.113.7. A zone follows fe80::1%eth0.
    if (setting === "connection")
        return incoming.peer?.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*/, "");
    const values = incoming.values(setting.header);
    return values.length === 1 ? values[0]?.trim() : undefined;
}
function isAddress(text) {
    if (text.includes(":"))
        return /^[0-9A-Fa-f:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
    return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}
