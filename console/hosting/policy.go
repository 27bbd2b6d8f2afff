package hosting

import (
	"maps"
	"strings"
)

// ContentSecurityPolicy returns the policy of the console. It allows the console to load its own files, to run its own
// program, and to call its own origin and the given ones, and nothing else. The given origins are those of the sign-in
// provider's token endpoint.
func ContentSecurityPolicy(connect ...string) string {
	return pagePolicy(connect...) + "; frame-ancestors 'none'"
}

// PagePolicy is the policy that the page itself contains, for a server that sends none. The page does not know its sign-in
// provider, and cannot forbid frames.
func PagePolicy() string { return pagePolicy("https:") }

func pagePolicy(connect ...string) string {
	return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src " +
		strings.Join(append([]string{"'self'"}, connect...), " ") +
		"; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
}

// ReferencePolicy is the policy of the API reference. Its program is Redoc, which is not ours: the sandbox gives it an
// origin of its own, so that it cannot read what the console stores. It may connect to nothing.
func ReferencePolicy() string {
	return "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; " + ReferencePagePolicy() + "; frame-ancestors 'none'"
}

// ReferencePagePolicy is the policy that the page of the reference itself contains. A page cannot sandbox itself.
func ReferencePagePolicy() string {
	return "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
}

// StrictTransportSecurity is the header of a server that has a certificate. The laptop has none.
const StrictTransportSecurity = "max-age=31536000"

var headers = map[string]string{
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
}

// Headers returns the security headers of every response outside of the API reference: the ContentSecurityPolicy with
// the given origins, and those that are always the same.
func Headers(connect ...string) map[string]string {
	h := maps.Clone(headers)
	h["Content-Security-Policy"] = ContentSecurityPolicy(connect...)
	return h
}

// ReferenceHeaders returns the security headers of the API reference. Its page has no origin, so that it may load its
// scripts only if everybody may.
func ReferenceHeaders() map[string]string {
	h := maps.Clone(headers)
	h["Content-Security-Policy"] = ReferencePolicy()
	h["Access-Control-Allow-Origin"] = "*"
	return h
}
