package stack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/edge"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/loopback"
	"github.com/arxkeys/arxkeys/infra/local/signin"
)

// configuration serves config.json, which tells the console where users sign in.
func (s *Stack) configuration(w http.ResponseWriter, _ *http.Request) {
	at := signin.Endpoints(s.issuer())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	provider, scope := "cognito", "openid email profile"
	if s.config.Shape == signin.Standard {
		provider, scope = "", scope+" offline_access" // Cognito does not know it, and always issues refresh tokens
	}
	json.NewEncoder(w).Encode(map[string]string{
		"provider":               provider,
		"issuer":                 s.issuer(),
		"authorization_endpoint": at.Authorization,
		"token_endpoint":         at.Token,
		"end_session_endpoint":   at.EndSession,
		"revocation_endpoint":    at.Revocation,
		"client_id":              signin.ClientID,
		"command_line_client_id": signin.CommandLineClientID,
		"scope":                  scope,
	})
}

// own serves only requests to the names of this machine, and none of pages of other origins. This protects against
// pages whose name was made to resolve to this machine, and pages that send requests to it. It allows following a
// link, and redirects from localhost to the address that the sign-in knows.
//
// It allows programs that send an Origin to the API, as on AWS: keys of client applications are verified with it. The
// API itself requires a credential. It allows everyone the files of the API reference, whose page has no origin.
func (s *Stack) own(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api := strings.HasPrefix(r.URL.Path, "/v1/")
		switch {
		case !loopback.IsHost(r):
			http.Error(w, "This is "+s.url+".", http.StatusMisdirectedRequest)
		case loopback.FromOtherOrigin(r) && !loopback.IsVisit(r) && !(api && !hasFetchMetadata(r)) && !edge.IsForAll(r):
			http.Error(w, "Requests from pages of other origins are refused.", http.StatusForbidden)
		case strings.HasPrefix(r.Host, "localhost") && !api && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			http.Redirect(w, r, s.url+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hasFetchMetadata reports whether the request has fetch metadata, which browsers send.
func hasFetchMetadata(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") != "" }

// request is the log data of a request. The gateway fills in its observations.
type request struct {
	status   int
	function string
	cold     bool
	err      error
}

type requestKey struct{}

// observe adds an observation of the gateway to the request's log data.
func observe(ctx context.Context, o gateway.Observation) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.function, r.cold, r.err = o.Function, o.Cold, o.Err
	}
}

// logged prints one line for every request. It never prints a query, a header or a body, which may contain secrets.
func (s *Stack) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, entry := time.Now(), &request{status: http.StatusOK}
		next.ServeHTTP(&recorder{w, entry}, r.WithContext(context.WithValue(r.Context(), requestKey{}, entry)))
		s.say.request(r.Method, r.URL.EscapedPath(), entry, time.Since(start))
	})
}

// recorder records the status of a response.
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
