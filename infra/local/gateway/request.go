package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// headers returns the request's headers by lower-case name, with repeated values joined by commas, and with those
// that API Gateway adds. Cookies are left out: events have a separate field for them.
func headers(r *http.Request, sourceIP string) map[string]string {
	out := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		if name != "Cookie" {
			out[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	if forwarded := out["x-forwarded-for"]; forwarded != "" {
		out["x-forwarded-for"] = forwarded + ", " + sourceIP // the caller's claim comes first; only sourceIp can be trusted
	} else {
		out["x-forwarded-for"] = sourceIP
	}
	out["x-forwarded-proto"] = "http"
	return out
}

// cookies returns each cookie as name=value.
func cookies(h http.Header) []string {
	var out []string
	for _, line := range h["Cookie"] {
		for cookie := range strings.SplitSeq(line, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				out = append(out, cookie)
			}
		}
	}
	return out
}

// query returns the decoded parameters, with repeated values joined by commas.
func query(r *http.Request) map[string]string {
	values := r.URL.Query()
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]string, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out[name] = strings.Join(values[name], ",")
	}
	return out
}

// encode returns a body in the form that events use, and whether it is base64.
func encode(contentType string, body []byte) (string, bool) {
	if len(body) == 0 || textual(contentType) && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

// requestID returns a random id in the form of API Gateway's.
func requestID() string { return rand.Text()[:15] + "=" }
