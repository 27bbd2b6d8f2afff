package api

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	httpsScheme      = "https"
	defaultPort      = 443
	maxPort          = 65535
	maxHostChars     = 253 // RFC 1035, section 2.3.4, without the root's dot
	maxLabelChars    = 63
	hostCharacters   = lowerAndDigits + "-"
	decimalDigits    = "0123456789"
	originExample    = "https://shop.example or https://shop.example:8443"
	endpointExample  = "https://arx.example/v1"
	hexadecimalChars = decimalDigits + "abcdefABCDEF"
)

// ValidOrigin reports whether the text is an origin as browsers send it in the Origin header (RFC 6454,
// section 6.2): https, a host in canonical form, and a port unless it is 443. Equal origins are equal
// texts.
func ValidOrigin(origin string) bool { return originFault(origin) == "" }

// originFault returns what is wrong with an origin and, if only its form is wrong, the correct form.
func originFault(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != httpsScheme || u.User != nil {
		return "must be https, a host and an optional port: " + originExample + "."
	}
	authority, fault := canonicalAuthority(u)
	switch canonical := "https://" + authority; {
	case fault != "":
		return fault
	case text != canonical:
		return fmt.Sprintf("write it as %s.", canonical)
	}
	return ""
}

// endpoint requires a URL that every program parses alike.
func (c *check) endpoint(text string) {
	if text == "" {
		return
	}
	if fault := endpointFault(text); fault != "" {
		c.add("endpoint", "invalid", "%s", fault)
	}
}

func endpointFault(text string) string {
	u, err := url.Parse(text)
	switch {
	case utf8.RuneCountInString(text) > MaxURLRunes:
		return fmt.Sprintf("must have at most %d characters.", MaxURLRunes)
	case err != nil || u.Scheme != httpsScheme || u.User != nil || strings.Contains(text, "#"):
		return "must be an https URL without user and fragment, such as " + endpointExample + "."
	}
	authority, fault := canonicalAuthority(u)
	rest, ok := strings.CutPrefix(text, "https://"+authority)
	switch {
	case fault != "":
		return fault
	case !ok || rest != "" && rest[0] != '/' && rest[0] != '?':
		return fmt.Sprintf("must begin with https://%s.", authority)
	case strings.ContainsFunc(rest, notInURL) || !wellEncoded(rest):
		return "must have its special characters percent-encoded."
	}
	return ""
}

// notInURL reports whether the character must be percent-encoded in a URL (RFC 3986; browsers also encode
// the apostrophe).
func notInURL(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'<>\\^`{|}", r) }

// wellEncoded reports whether two hexadecimal digits follow every %.
func wellEncoded(text string) bool {
	for i := range len(text) {
		if text[i] == '%' && (len(text) < i+3 || strings.Trim(text[i+1:i+3], hexadecimalChars) != "") {
			return false
		}
	}
	return true
}

// canonicalAuthority returns the host and port of a URL in the form that browsers send, or what is wrong
// with them.
func canonicalAuthority(u *url.URL) (authority, fault string) {
	host, fault := canonicalHost(u.Hostname())
	if fault != "" {
		return "", fault
	}
	text := u.Port()
	if text == "" {
		return host, ""
	}
	port, err := strconv.Atoi(text)
	switch {
	case err != nil || port < 1 || port > maxPort:
		return "", fmt.Sprintf("the port must be from 1 to %d.", maxPort)
	case port == defaultPort:
		return host, ""
	}
	return host + ":" + strconv.Itoa(port), ""
}

// canonicalHost returns a host, given without brackets, in the form that browsers send: a DNS name in lower
// case without the root's dot, an IPv4 address, or an IPv6 address in brackets.
func canonicalHost(text string) (host, fault string) {
	if strings.Contains(text, ":") {
		address, err := netip.ParseAddr(text)
		if err != nil || address.Zone() != "" || address.Is4In6() {
			return "", "not an IPv6 address that browsers support: write [2001:db8::1], without a zone. Write IPv4 addresses as IPv4."
		}
		return "[" + address.String() + "]", ""
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
		return "", "write the host in ASCII, as browsers send it: bücher.example is xn--bcher-kva.example."
	}
	host = strings.ToLower(strings.TrimSuffix(text, "."))
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if strings.Trim(last, decimalDigits) == "" || strings.HasPrefix(last, "0x") { // browsers parse this as an IPv4 address
		if address, err := netip.ParseAddr(host); err != nil || !address.Is4() {
			return "", "not a host: a DNS name such as shop.example, or an address such as 203.0.113.7."
		}
		return host, ""
	}
	for _, label := range labels {
		if len(host) > maxHostChars || !madeOf(label, hostCharacters, maxLabelChars) || label[0] == '-' || label[len(label)-1] == '-' {
			return "", "not a host: a DNS name has labels of 1 to 63 characters a-z, 0-9 and -, separated by dots. A label must not begin or end with -."
		}
	}
	return host, ""
}
