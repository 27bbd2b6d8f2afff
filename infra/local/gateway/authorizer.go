package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/lambda"
)

// API Gateway's limits of authorizers.
const (
	maxAuthorizerTTL  = time.Hour
	authorizerTimeout = 10 * time.Second
	maxKept           = 10_000 // our own limit: when it is exceeded, the cache is emptied
)

// Authorizer is a function that is invoked before a route's function: payload 2.0, simple responses.
//
// As on AWS, the values of the identity sources are the cache key of a result, including refusals, for all routes of
// the authorizer. A request without one of the sources is 401, and the function is not invoked. Errors are not
// cached.
type Authorizer struct {
	function string
	identity []source
	ttl      time.Duration
	invoke   func(ctx context.Context, event []byte) (lambda.Result, error)

	mu   sync.Mutex
	kept map[string]permit
}

// permit is an authorizer's result.
type permit struct {
	authorized bool
	context    map[string]any
	until      time.Time
}

// source returns the value of an identity source in a request.
type source func(events.APIGatewayV2HTTPRequest) string

// NewAuthorizer returns an authorizer that calls invoke. The identity sources have the form that API Gateway uses:
// $request.header.x-api-key, $request.querystring.key, $context.routeKey. What API Gateway refuses is an error.
func NewAuthorizer(function string, identity []string, ttl time.Duration, invoke func(ctx context.Context, event []byte) (lambda.Result, error)) (*Authorizer, error) {
	a := &Authorizer{function: function, ttl: ttl, invoke: invoke, kept: map[string]permit{}}
	for _, name := range identity {
		s, ok := sourceOf(name)
		if !ok {
			return nil, fmt.Errorf("the identity source %s is not supported; add it to infra/local/gateway", name)
		}
		a.identity = append(a.identity, s)
	}
	switch {
	case ttl < 0 || ttl > maxAuthorizerTTL:
		return nil, fmt.Errorf("results are cached for %d seconds; API Gateway allows 0 to 3600", int(ttl.Seconds()))
	case ttl > 0 && len(identity) == 0:
		return nil, errors.New("results are cached without an identity source: add one, or set the cache to 0 seconds")
	}
	return a, nil
}

func sourceOf(name string) (source, bool) {
	if header, ok := strings.CutPrefix(name, "$request.header."); ok {
		return func(e events.APIGatewayV2HTTPRequest) string { return e.Headers[strings.ToLower(header)] }, true
	}
	if parameter, ok := strings.CutPrefix(name, "$request.querystring."); ok {
		return func(e events.APIGatewayV2HTTPRequest) string { return e.QueryStringParameters[parameter] }, true
	}
	variable, ok := map[string]source{
		"$context.routeKey":          func(e events.APIGatewayV2HTTPRequest) string { return e.RouteKey },
		"$context.path":              func(e events.APIGatewayV2HTTPRequest) string { return e.RawPath },
		"$context.httpMethod":        func(e events.APIGatewayV2HTTPRequest) string { return e.RequestContext.HTTP.Method },
		"$context.identity.sourceIp": func(e events.APIGatewayV2HTTPRequest) string { return e.RequestContext.HTTP.SourceIP },
		"$context.stage":             func(e events.APIGatewayV2HTTPRequest) string { return e.RequestContext.Stage },
	}[name]
	return variable, ok
}

// denial is the response to a request that the authorizer does not allow.
type denial struct {
	status int
	Observation
}

// authorize decides whether the request is allowed. If it is, authorize adds the authorizer's context to the event and
// returns nil.
func (a *Authorizer) authorize(ctx context.Context, e *events.APIGatewayV2HTTPRequest, now time.Time) *denial {
	var values []string
	for _, from := range a.identity {
		value := from(*e)
		if value == "" {
			return &denial{http.StatusUnauthorized, Observation{Function: a.function, Err: errors.New("an identity source is missing")}}
		}
		values = append(values, value)
	}
	key, _ := json.Marshal(values)
	p, there := a.recall(string(key), now)
	seen := Observation{Function: a.function}
	if !there {
		ctx, cancel := context.WithTimeout(ctx, authorizerTimeout)
		defer cancel()
		event, err := json.Marshal(question(*e, values))
		var result lambda.Result
		if err == nil {
			result, err = a.invoke(ctx, event)
		}
		if err == nil {
			p, err = readPermit(result.Payload)
		}
		seen.RequestID, seen.Cold, seen.Err = result.RequestID, result.Cold, err
		if err != nil {
			return &denial{http.StatusInternalServerError, seen}
		}
		a.keep(string(key), p, now)
	}
	if !p.authorized {
		return &denial{http.StatusForbidden, seen}
	}
	e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: p.context}
	return nil
}

// question returns the authorizer's event: the request without its body, the identity sources, and the route.
func question(e events.APIGatewayV2HTTPRequest, identity []string) events.APIGatewayV2CustomAuthorizerV2Request {
	return events.APIGatewayV2CustomAuthorizerV2Request{
		Version: "2.0", Type: "REQUEST", IdentitySource: identity, RouteKey: e.RouteKey,
		RouteArn: "arn:aws:execute-api:local:000000000000:local/" + e.RequestContext.Stage + "/" + e.RequestContext.HTTP.Method + e.RawPath,
		RawPath:  e.RawPath, RawQueryString: e.RawQueryString, Cookies: e.Cookies, Headers: e.Headers,
		QueryStringParameters: e.QueryStringParameters, RequestContext: e.RequestContext, PathParameters: e.PathParameters,
	}
}

// readPermit parses a simple response. A response without a boolean isAuthorized is an error, as on AWS.
func readPermit(payload []byte) (permit, error) {
	var answer struct {
		Authorized *bool          `json:"isAuthorized"`
		Context    map[string]any `json:"context"`
	}
	if err := json.Unmarshal(payload, &answer); err != nil || answer.Authorized == nil {
		return permit{}, errors.New("the authorizer's response is not a simple response: isAuthorized is not true or false")
	}
	return permit{authorized: *answer.Authorized, context: answer.Context}, nil
}

func (a *Authorizer) recall(key string, now time.Time) (permit, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.kept[key]
	return p, ok && now.Before(p.until)
}

func (a *Authorizer) keep(key string, p permit, now time.Time) {
	if a.ttl == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= maxKept {
		clear(a.kept)
	}
	p.until = now.Add(a.ttl)
	a.kept[key] = p
}
