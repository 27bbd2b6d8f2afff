/** Returns what the guard reads of a request of Node.js, for a framework's request. */
export function incomingOf(request, raw) {
    return { request, values: (header) => values(raw, header.toLowerCase()), peer: raw.socket.remoteAddress };
}
// From rawHeaders: headers keeps only the first of several fields for some names, such as authorization. Adapters that
// imitate Node.js's server leave rawHeaders empty.
function values(raw, header) {
    if (!(raw.rawHeaders?.length > 0)) {
        const value = raw.headers[header];
        return value === undefined ? [] : typeof value === "string" ? [value] : value;
    }
    return raw.rawHeaders.filter((_, i) => i % 2 === 1 && raw.rawHeaders[i - 1]?.toLowerCase() === header);
}
