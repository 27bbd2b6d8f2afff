package authorizer

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	errCachedAcrossRoutes = errors.New("scopes are required by route, but $context.routeKey is not an identity source of the authorizer: " +
		"API Gateway could use a cached answer for another route; add $context.routeKey to the identity sources")
	errRouteInDoubt = errors.New("scopes are required by route, but the identity source that equals the route key may come from another part " +
		"of the request, so $context.routeKey may be missing: API Gateway could use a cached answer for another route")
)

// servesOtherRoutes returns why API Gateway could use the answer for another route, or nil if it cannot. An
// HTTP API caches answers by the values of the identity sources, and only if there are any.
//
// The event contains these values without their origin. A value that equals the route key proves that
// $context.routeKey is an identity source only if nothing else in the event can yield it: a caller can send
// the route key in a header, query parameter or cookie that is a source, and a stage may be named $default
// like a route.
func (r request) servesOtherRoutes() error {
	switch {
	case len(r.identity) == 0:
		return nil
	case !slices.Contains(r.identity, r.route):
		return errCachedAcrossRoutes
	case r.elsewhere(r.route), yields(strings.Join(r.cookies, ";"), r.route): // API Gateway splits the Cookie header; an identity source may contain all of it
		return errRouteInDoubt
	}
	return nil
}

// elsewhere reports whether a name or a value in the event yields the text, apart from the route key's own
// members and the identity sources. It returns true for an event that it cannot read.
func (r request) elsewhere(text string) bool {
	d := jsontext.NewDecoder(bytes.NewReader(r.event))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return err != io.EOF
		}
		if token.Kind() != '"' {
			continue
		}
		at := d.StackPointer()
		if at == "/routeKey" || at == "/requestContext/routeKey" || strings.HasPrefix(string(at), "/identitySource/") {
			continue
		}
		if yields(token.String(), text) {
			return true
		}
	}
}

// maxDecodings is how often a value may be percent-decoded on its way to an identity source: API Gateway
// decodes a query once, and a proxy in front of it may do so too.
const maxDecodings = 2

// yields reports whether a value that contains the text can be derived from what was sent, from all or part
// of it, decoded or not, ignoring case and white space.
func yields(sent, text string) bool {
	text = plain(text)
	for range maxDecodings + 1 {
		if strings.Contains(plain(sent), text) || strings.Contains(plain(strings.ReplaceAll(sent, "+", " ")), text) {
			return true
		}
		sent = unescape(sent)
	}
	return false
}

func plain(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

// unescape decodes percent-encoding and leaves malformed sequences as they are. url.PathUnescape would
// reject the whole string.
func unescape(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		if text[0] == '%' && len(text) > 2 {
			if high, low := hex(text[1]), hex(text[2]); high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				text = text[3:]
				continue
			}
		}
		b.WriteByte(text[0])
		text = text[1:]
	}
	return b.String()
}

// hex returns the value of a hexadecimal digit, or -1.
func hex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }
