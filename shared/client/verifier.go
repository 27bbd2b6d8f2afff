//go:build !js

package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// AnyArx accepts the keys of every Arx.
const AnyArx = "*"

// DefaultTimeout is the time limit of a verification, with all its attempts.
const DefaultTimeout = 2 * time.Second

// Codes of an [Event] without a verdict.
const (
	CodeUndecided api.Code = "UNDECIDED" // the key could not be verified
	CodeNoKey     api.Code = "NO_KEY"    // the request has no access key
	CodeTwoKeys   api.Code = "TWO_KEYS"  // the request has more than one access key, or text that is none
)

// Verifier asks an API of Arxkeys whether access keys are valid. It is safe for concurrent use; a program
// needs one. It caches no verdict, so a key that is disabled, deleted or rotated fails at once.
type Verifier struct {
	url       string
	authorize func() string // a function, so that no printed Verifier contains the management key
	timeout   time.Duration
	hook      func(Event)
	http      http.Client
}

// Options are optional settings of a [Verifier].
type Options struct {
	Timeout   time.Duration     // limit of a verification, with all its attempts; 0 means DefaultTimeout
	Hook      func(Event)       // is called once after each question, for logs and metrics; it must not block
	Transport http.RoundTripper // nil means a transport of its own
}

// Event describes a question and its answer. It never contains the access key.
type Event struct {
	Code                        api.Code // of the verdict, or CodeUndecided, CodeNoKey or CodeTwoKeys
	Status                      int      // of the refusal by a middleware; 0 if the request has passed, and for Verify
	KeyID, ApplicationID, ArxID string   // of a known key
	Duration                    time.Duration
	Attempts                    int   // requests to the API, also those that found no connection
	Err                         error // why it is undecided
}

// NewVerifier returns a verifier that asks the API at the base URL, such as https://keys.example, with a
// management key of the role verifier. Plain http is accepted for loopback hosts only. It sends nothing.
func NewVerifier(baseURL, managementKey string, o Options) (*Verifier, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, errors.New("new verifier: the base URL is not a URL, such as https://keys.example")
	}
	switch {
	case base.Hostname() == "" || base.Scheme != "https" && (base.Scheme != "http" || !isLoopback(base.Hostname())):
		return nil, errors.New("new verifier: the base URL must be https, such as https://keys.example; http is for loopback hosts only")
	case base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("new verifier: the base URL must have no user, query or fragment")
	case !strings.HasPrefix(managementKey, "arxm_") || strings.ContainsFunc(managementKey, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("new verifier: the management key is missing; it begins with arxm_")
	case o.Timeout < 0:
		return nil, errors.New("new verifier: the timeout is negative")
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	return &Verifier{
		url:       strings.TrimSuffix(base.String(), "/") + api.VerifyKey.Path,
		authorize: func() string { return "Bearer " + managementKey },
		timeout:   o.Timeout,
		hook:      o.Hook,
		http: http.Client{
			Transport: o.Transport,
			// The management key is for one host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// newTransport returns the default transport with enough idle connections for a server, which it closes
// before the API does: a request on a connection that is being closed must not be repeated.
func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 20 * time.Second
	t.MaxIdleConnsPerHost = 64
	return t
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Question is what a key has to satisfy. Only Arx is required.
type Question struct {
	Arx    string   // id of the Arx that the program serves, or AnyArx; keys of other Arxes are refused
	Scopes []string // scopes that the key must grant, all of them
	IP     string   // address of the client; a key with allowed_ips is refused without it
	Origin string   // Origin header of the client; a key of a client application is refused without it
	Cost   int      // uses to charge; 0 means 1
}

// Validate returns an error for a question that must not be asked: its Arx is missing or not an id.
func (q Question) Validate() error {
	if q.Arx != AnyArx && !api.ValidID(api.ArxPrefix, q.Arx) {
		return errors.New("verify access key: the question must name an Arx: its id, arx_…, or AnyArx")
	}
	return nil
}

// Verdict is the answer to a question. A refused key has Valid false and a Code that says why. A known key
// is described even if it is refused.
type Verdict = api.Verification

// UndecidedError is the error of a verification without a verdict. The key may be valid, and it may have
// been charged, so treat it as refused, and do not repeat the question.
type UndecidedError struct {
	Status    int    // of the API's response; 0 without one
	RequestID string // of the API's response, for its logs; may be empty
	cause     error
}

// Error returns the cause, the status and the request id. It contains no key.
func (e *UndecidedError) Error() string {
	text := "verify access key: " + e.cause.Error()
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Unwrap returns the cause, such as context.DeadlineExceeded.
func (e *UndecidedError) Unwrap() error { return e.cause }

// Verify asks whether the access key is valid. The key is the text that the client has presented.
//
// A refusal is a verdict and not an error: check Valid. An error is an [*UndecidedError], except for an
// invalid question. Verify never waits longer than the time limit. It asks a second time only if nothing can
// have been charged: no connection was made, or the API has throttled the request.
func (v *Verifier) Verify(ctx context.Context, key string, q Question) (Verdict, error) {
	if err := q.Validate(); err != nil {
		return Verdict{}, err
	}
	verdict, event, err := v.ask(ctx, key, q)
	v.report(event)
	return verdict, err
}

// ask asks the valid question, and describes what happened.
func (v *Verifier) ask(ctx context.Context, key string, q Question) (Verdict, Event, error) {
	start := time.Now()
	verdict, attempts, err := v.attempts(ctx, key, q)
	event := Event{Code: verdict.Code, Duration: time.Since(start), Attempts: attempts, Err: err}
	if err != nil {
		event.Code = CodeUndecided
	}
	if verdict.Key != nil {
		event.KeyID = verdict.Key.ID
	}
	if verdict.Application != nil {
		event.ApplicationID = verdict.Application.ID
	}
	if verdict.Arx != nil {
		event.ArxID = verdict.Arx.ID
	}
	return verdict, event, err
}

// report calls the hook. A hook that panics changes no answer.
func (v *Verifier) report(e Event) {
	if v.hook == nil {
		return
	}
	defer func() { _ = recover() }()
	v.hook(e)
}

// request returns the body of the question. Empty fields are left out: the API refuses them.
func (q Question) request(key string) api.VerifyKeyRequest {
	r := api.VerifyKeyRequest{Key: api.ClearText(key), Scopes: slices.Clone(q.Scopes), IP: q.IP, Origin: q.Origin}
	if q.Arx != AnyArx {
		r.ArxID = q.Arx
	}
	if q.Cost != 0 {
		r.Cost = &q.Cost
	}
	return r
}
