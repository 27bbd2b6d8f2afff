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
	maxKept           = 10_000 // of ours: an authorizer that has kept more forgets all of them
)

// Authorizer is a function that is asked before a route's own: payload 2.0, simple responses.
//
// As on AWS, an answer is kept under the values of the identity sources, a refusal too, and serves every route that has
// the authorizer; a request without one of the sources is 401, and the function is not asked; an error is not kept.
type Authorizer struct {
	function string
	identity []source
	ttl      time.Duration
	invoke   func(ctx context.Context, event []byte) (lambda.Result, error)

	mu   sync.Mutex
	kept map[string]permit
}

// permit is what an authorizer answered.
type permit struct {
	authorized bool
	context    map[string]any
	until      time.Time
}

// source is an identity source: where in a request its value is.
type source func(events.APIGatewayV2HTTPRequest) string

// NewAuthorizer returns the authorizer whose function is invoked so. The identity sources are written as API Gateway
// writes them: $request.header.x-api-key, $request.querystring.key, $context.routeKey. It refuses what API Gateway does.
func NewAuthorizer(function string, identity []string, ttl time.Duration, invoke func(ctx context.Context, event []byte) (lambda.Result, error)) (*Authorizer, error) {
	a := &Authorizer{function: function, ttl: ttl, invoke: invoke, kept: map[string]permit{}}
	for _, name := range identity {
		s, ok := sourceOf(name)
		if !ok {
			return nil, fmt.Errorf("the identity source %s is not known here: teach it to infra/local/gateway", name)
		}
		a.identity = append(a.identity, s)
	}
	switch {
	case ttl < 0 || ttl > maxAuthorizerTTL:
		return nil, fmt.Errorf("answers are kept for %d seconds; API Gateway takes 0 to 3600", int(ttl.Seconds()))
	case ttl > 0 && len(identity) == 0:
		return nil, errors.New("answers are kept, and no identity source says under what: name one, or keep them for 0 seconds")
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

// denial is how a request ends that the authorizer does not let pass.
type denial struct {
	status int
	Observation
}

// authorize asks whether the request may pass. Where it may, the event gets what the authorizer hands on, and the answer
// is nil.
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

// question is the event of the authorizer: the request without its body, and what it is asked about.
func question(e events.APIGatewayV2HTTPRequest, identity []string) events.APIGatewayV2CustomAuthorizerV2Request {
	return events.APIGatewayV2CustomAuthorizerV2Request{
		Version: "2.0", Type: "REQUEST", IdentitySource: identity, RouteKey: e.RouteKey,
		RouteArn: "arn:aws:execute-api:local:000000000000:local/" + e.RequestContext.Stage + "/" + e.RequestContext.HTTP.Method + e.RawPath,
		RawPath:  e.RawPath, RawQueryString: e.RawQueryString, Cookies: e.Cookies, Headers: e.Headers,
		QueryStringParameters: e.QueryStringParameters, RequestContext: e.RequestContext, PathParameters: e.PathParameters,
	}
}

// readPermit understands a simple response. One that does not say yes or no is an error, as on AWS.
func readPermit(payload []byte) (permit, error) {
	var answer struct {
		Authorized *bool          `json:"isAuthorized"`
		Context    map[string]any `json:"context"`
	}
	if err := json.Unmarshal(payload, &answer); err != nil || answer.Authorized == nil {
		return permit{}, errors.New("the authorizer's answer is no simple response: it has no isAuthorized that is true or false")
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
