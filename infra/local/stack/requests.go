package stack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/loopback"
	"github.com/arxkeys/arxkeys/infra/local/signin"
)

// configuration tells the console where people sign in.
func (s *Stack) configuration(w http.ResponseWriter, _ *http.Request) {
	at := signin.Endpoints(s.issuer())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	json.NewEncoder(w).Encode(map[string]string{
		"issuer":                 s.issuer(),
		"authorization_endpoint": at.Authorization,
		"token_endpoint":         at.Token,
		"end_session_endpoint":   at.EndSession,
		"revocation_endpoint":    at.Revocation,
		"client_id":              signin.ClientID,
		"scope":                  "openid email profile offline_access",
	})
}

// own answers only to the names of this machine, and not to pages of other origins: a page elsewhere whose name was made
// to lead here gets nothing, and neither does one that sends requests here. A person who follows a link is let in, and one
// who comes by localhost is led to the address that the sign-in knows.
//
// A program that sends an Origin to the API is let in, as on AWS: a key of a client application is verified with it. The API
// itself asks everybody for a credential.
func (s *Stack) own(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api := strings.HasPrefix(r.URL.Path, "/v1/")
		switch {
		case !loopback.IsHost(r):
			http.Error(w, "This is "+s.url+".", http.StatusMisdirectedRequest)
		case loopback.FromOtherOrigin(r) && !loopback.IsVisit(r) && !(api && !hasFetchMetadata(r)):
			http.Error(w, "Pages of other origins get nothing here.", http.StatusForbidden)
		case strings.HasPrefix(r.Host, "localhost") && !api && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			http.Redirect(w, r, s.url+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hasFetchMetadata reports whether the request says which page it is for, as those of browsers do.
func hasFetchMetadata(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") != "" }

// request is what is logged of a request. The gateway fills in what it observes.
type request struct {
	status   int
	function string
	cold     bool
	err      error
}

type requestKey struct{}

// observe notes what the gateway tells of a request.
func observe(ctx context.Context, o gateway.Observation) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.function, r.cold, r.err = o.Function, o.Cold, o.Err
	}
}

// logged prints one line for every request: never a query, a header or a body, which may hold what is secret.
func (s *Stack) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, entry := time.Now(), &request{status: http.StatusOK}
		next.ServeHTTP(&recorder{w, entry}, r.WithContext(context.WithValue(r.Context(), requestKey{}, entry)))
		s.say.request(r.Method, r.URL.EscapedPath(), entry, time.Since(start))
	})
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	entry *request
}

func (w *recorder) WriteHeader(status int) {
	w.entry.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
