// Package gateway implements an Amazon API Gateway HTTP API that invokes Lambda functions, payload 2.0.
//
// It limits bodies and headers as AWS does, but does not throttle requests.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/lambda"
)

// API Gateway's limits.
const (
	MaxHeaderBytes     = 10 << 10 // request line and headers
	maxBodyBytes       = 10 << 20
	integrationTimeout = 30 * time.Second
)

// Route maps matching requests to a function.
type Route struct {
	Method   string // in upper case; ANY for all
	Path     string // segments may be {name}; the last one may be {name+}, which matches the rest
	Function string // for the log
	Invoke   func(ctx context.Context, event []byte) (lambda.Result, error)

	Authorizer *Authorizer // invoked before the function; may be nil
}

// Observation is the outcome of a request that matched a route.
type Observation struct {
	Function  string // the route's function, or the authorizer's if that refused the request
	RequestID string
	Cold      bool
	Err       error // why the function has no response; nil if it has one
}

// Gateway is an http.Handler.
type Gateway struct {
	routes  []pattern
	observe func(context.Context, Observation)
	now     func() time.Time
}

// New returns a gateway for the routes. It calls observe, which may be nil, once for every request that matches a
// route, before it writes the response.
func New(routes []Route, observe func(context.Context, Observation)) *Gateway {
	g := &Gateway{observe: observe, now: time.Now}
	if g.observe == nil {
		g.observe = func(context.Context, Observation) {}
	}
	for _, r := range routes {
		g.routes = append(g.routes, newPattern(r))
	}
	return g
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, parameters, ok := match(g.routes, r.Method, r.URL.Path)
	if !ok {
		say(w, http.StatusNotFound, "Not Found")
		return
	}
	e := g.event(r, route, parameters)
	if route.Authorizer != nil {
		if no := route.Authorizer.authorize(r.Context(), &e, g.now()); no != nil {
			g.observe(r.Context(), no.Observation)
			say(w, no.status, http.StatusText(no.status))
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
			return
		}
		say(w, http.StatusBadRequest, "Bad Request")
		return
	}
	e.Body, e.IsBase64Encoded = encode(r.Header.Get("Content-Type"), body)
	event, err := json.Marshal(e)
	if err != nil {
		say(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}

	ctx, cancel := context.WithTimeout(r.Context(), integrationTimeout)
	defer cancel()
	result, err := route.Invoke(ctx, event)
	var answer answer
	if err == nil {
		answer, err = read(result.Payload)
	}
	g.observe(r.Context(), Observation{Function: route.Function, RequestID: result.RequestID, Cold: result.Cold, Err: err})
	w.Header().Set("Apigw-Requestid", result.RequestID)
	switch {
	case err == nil:
		answer.write(w)
	case errors.Is(err, lambda.ErrTooLarge):
		say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, lambda.ErrStopped):
		say(w, http.StatusServiceUnavailable, "Service Unavailable")
	default: // the function's error, exit or timeout, or an invalid response
		say(w, http.StatusInternalServerError, "Internal Server Error")
	}
}

// event returns the event for a request, without its body.
func (g *Gateway) event(r *http.Request, route Route, parameters map[string]string) events.APIGatewayV2HTTPRequest {
	sourceIP, _, _ := net.SplitHostPort(r.RemoteAddr)
	now := g.now().UTC()
	return events.APIGatewayV2HTTPRequest{
		Version:               "2.0",
		RouteKey:              route.Method + " " + route.Path,
		RawPath:               r.URL.Path, // decoded, despite its name, as on AWS
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               headers(r, sourceIP),
		QueryStringParameters: query(r),
		PathParameters:        parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: route.Method + " " + route.Path, AccountID: "000000000000", Stage: "$default", RequestID: requestID(),
			APIID: "local", DomainName: hostname(r.Host), DomainPrefix: "local",
			Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: sourceIP, UserAgent: r.UserAgent(),
			},
		},
	}
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// say writes an error response like API Gateway's own.
func say(w http.ResponseWriter, status int, message string) {
	body, _ := json.Marshal(map[string]string{"message": message})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// textual reports whether API Gateway passes a body of this content type as text. Other bodies are base64.
func textual(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "", "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}
