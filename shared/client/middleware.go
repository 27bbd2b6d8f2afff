//go:build !js

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// DefaultHeader is the header of the access key.
const DefaultHeader = "X-Api-Key"

// Guard says which requests a middleware lets pass. Only Arx is required.
type Guard struct {
	Arx      string                              // id of the Arx that the handler serves, or AnyArx
	Scopes   []string                            // scopes that the key must grant, all of them
	ScopesOf func(*http.Request) []string        // instead of Scopes, by request; nil refuses the request, and an empty slice asks for no scopes
	Header   string                              // header of the access key; "" means DefaultHeader. Bearer before the key is removed
	ClientIP func(*http.Request) (string, error) // ConnectionIP, HeaderIP or a function of your own; nil sends no address, so keys with allowed_ips are refused
}

// Middleware returns a function that protects a handler: only requests with one access key that is valid for
// the guard reach it. The handler gets the verdict by [VerdictFrom].
//
// All other requests are answered with a problem document (RFC 9457) that does not tell a stranger more than
// the status does: 401 without a known key or with several, 403 for a key that is refused, 429 with
// Retry-After for a key over its limits, and 503 if the key could not be verified. A key counts only in the
// header of the guard, never in the query. Responses have RateLimit and RateLimit-Policy if the key has a
// rate limit.
//
// A CORS preflight request has no key: put the CORS middleware outside of this one.
//
// Middleware panics if the guard is invalid, as [http.ServeMux.Handle] does for a pattern: the Arx is missing
// or not an id, or there are both Scopes and ScopesOf.
func (v *Verifier) Middleware(g Guard) func(http.Handler) http.Handler {
	if err := (Question{Arx: g.Arx}).Validate(); err != nil {
		panic(fmt.Sprintf("client: the guard must name an Arx: its id, arx_…, or AnyArx, and not %q", g.Arx))
	}
	if g.Scopes != nil && g.ScopesOf != nil {
		panic("client: the guard has both Scopes and ScopesOf")
	}
	if g.Header == "" {
		g.Header = DefaultHeader
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			verdict, event := v.admit(g, r)
			refused := refusalFor(event.Code, verdict)
			if refused != nil {
				event.Status = refused.Code.Status()
			}
			v.report(event)
			if limit := verdict.RateLimit; limit != nil && limit.WindowSeconds > 0 {
				policy, state := limit.HeaderFields()
				w.Header().Set("RateLimit-Policy", policy)
				w.Header().Set("RateLimit", state)
			}
			if refused != nil {
				refuse(w, refused, event.Code)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), verdictKey{}, verdict)))
		})
	}
}

type verdictKey struct{}

// VerdictFrom returns the verdict on the access key of a request that a middleware has let pass, from the
// request's context. It returns false for other contexts.
func VerdictFrom(ctx context.Context) (Verdict, bool) {
	verdict, ok := ctx.Value(verdictKey{}).(Verdict)
	return verdict, ok
}

// admit asks about the request's access key.
func (v *Verifier) admit(g Guard, r *http.Request) (Verdict, Event) {
	key, code := presentedKey(r.Header.Values(g.Header))
	if code != "" {
		return Verdict{}, Event{Code: code}
	}
	q := Question{Arx: g.Arx, Scopes: g.Scopes, Origin: origin(r)}
	if g.ScopesOf != nil {
		// A lookup that found nothing must not become a question without scopes.
		if q.Scopes = g.ScopesOf(r); q.Scopes == nil {
			return Verdict{}, Event{Code: CodeUndecided, Err: errors.New("ScopesOf returned no scopes, not even an empty slice")}
		}
	}
	if g.ClientIP != nil {
		ip, err := g.ClientIP(r)
		if err == nil && ip == "" {
			err = wrongAddress("it is empty")
		}
		if err != nil {
			return Verdict{}, Event{Code: CodeUndecided, Err: fmt.Errorf("find the client’s address: %w", ours(err))}
		}
		q.IP = ip
	}
	verdict, event, _ := v.ask(r.Context(), key, q)
	return verdict, event
}

// presentedKey returns the only key in the values of a header, or the reason why there is none.
func presentedKey(values []string) (string, api.Code) {
	switch {
	case len(values) == 0:
		return "", CodeNoKey
	case len(values) > 1:
		return "", CodeTwoKeys
	}
	text := strings.TrimSpace(values[0])
	if scheme, rest, _ := strings.Cut(text, " "); strings.EqualFold(scheme, "Bearer") {
		text = strings.TrimSpace(rest)
	}
	switch {
	case text == "":
		return "", CodeNoKey
	case strings.ContainsAny(text, ", \t"): // no access key contains them; some proxies join repeated headers
		return "", CodeTwoKeys
	}
	return text, ""
}

// origin returns the Origin header. Browsers send one.
func origin(r *http.Request) string {
	if values := r.Header.Values("Origin"); len(values) == 1 {
		return values[0]
	}
	return ""
}

// exhausted is when to retry with a key that has no uses left: somebody has to give it more.
const exhausted = time.Hour

// refusalFor returns the problem of a request that does not pass, or nil.
func refusalFor(code api.Code, v Verdict) *problem.Problem {
	switch code {
	case api.CodeValid:
		return nil
	case CodeNoKey, CodeTwoKeys, api.CodeMalformed, api.CodeNotFound:
		return problem.New(problem.Unauthenticated, "Send one valid access key.")
	case api.CodeRateLimited, api.CodeUsageExhausted:
		p := problem.New(problem.TooMany, "The limit of this access key is reached.")
		p.RetryAfter = time.Second
		switch {
		case code == api.CodeUsageExhausted:
			p.RetryAfter = exhausted
		case v.RateLimit != nil:
			p.RetryAfter = max(time.Second, time.Duration(v.RateLimit.ResetSeconds)*time.Second)
		}
		return p
	case CodeUndecided:
		p := problem.New(problem.Unavailable, "The access key could not be verified. Try again.")
		p.RetryAfter = time.Second
		return p
	}
	return problem.New(problem.Forbidden, "This access key is not allowed to do this.")
}

// refuse writes the response for the problem. It does not contain the code of the verdict.
func refuse(w http.ResponseWriter, p *problem.Problem, code api.Code) {
	h := w.Header()
	h.Set("Content-Type", problem.MediaType)
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.RetryAfter/time.Second)))
	}
	if p.Code == problem.Unauthenticated {
		h.Set("WWW-Authenticate", challenge(code))
	}
	// A document contains strings and a number.
	body, _ := json.Marshal(p.Document(""))
	w.WriteHeader(p.Code.Status())
	_, _ = w.Write(body)
}

// challenge returns the value of WWW-Authenticate (RFC 6750, section 3): no error without a credential.
func challenge(code api.Code) string {
	if code == CodeNoKey {
		return "Bearer"
	}
	return `Bearer error="invalid_token"`
}
