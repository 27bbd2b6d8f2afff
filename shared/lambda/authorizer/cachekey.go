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
	errCachedAcrossRoutes = errors.New("scopes are required by route, and $context.routeKey is not among the authorizer's identity sources: " +
		"an answer that API Gateway keeps would serve for other routes; add it to the identity sources")
	errRouteInDoubt = errors.New("scopes are required by route, and the value among the identity sources that equals the route's key may come from another part " +
		"of the request, so $context.routeKey may be missing: an answer that API Gateway keeps would serve for other routes")
)

// servesOtherRoutes returns why API Gateway may use the answer for another route, nil where it can't. An HTTP API keeps
// answers under the values of the identity sources, and only then.
//
// The event lists these values without saying where each comes from. One that equals the route's key proves that
// $context.routeKey is a source only if nothing else in the event can yield it: a caller can write the route's key into a
// header, a query parameter or a cookie that is a source, and the stage may be called $default as a route is.
func (r request) servesOtherRoutes() error {
	switch {
	case len(r.identity) == 0:
		return nil
	case !slices.Contains(r.identity, r.route):
		return errCachedAcrossRoutes
	case r.elsewhere(r.route), yields(strings.Join(r.cookies, ";"), r.route): // one header before API Gateway split it
		return errRouteInDoubt
	}
	return nil
}

// elsewhere reports whether a name or a value of the event yields the text, beside the members in which API Gateway
// writes the route's key, and the identity sources themselves. An event that can't be read does.
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

// maxDecodings is how often what a caller sends is decoded on its way to an identity source, at most: API Gateway decodes
// a query once, and what is before it may do so too.
const maxDecodings = 2

// yields reports whether a value that contains the text can be made of what was sent: of all or a part of it, decoded or
// not, whatever its case and its white space are.
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

// unescape decodes what is percent-encoded, and leaves what only looks so. url.PathUnescape refuses all of it instead.
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
