package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/lambda"
)

// guarded is a gateway with two routes, GET /a and GET /b, behind one authorizer.
type guarded struct {
	*Gateway
	says  string // the authorizer's response
	err   error
	asked []events.APIGatewayV2CustomAuthorizerV2Request
	let   []events.APIGatewayV2HTTPRequest // the requests that passed
	seen  Observation
	at    time.Time
}

func newGuarded(t *testing.T, ttl time.Duration, identity ...string) *guarded {
	t.Helper()
	g := &guarded{says: `{"isAuthorized":true,"context":{"key_id":"key_1"}}`, at: time.Date(2026, 2, 1, 9, 12, 0, 0, time.UTC)}
	a, err := NewAuthorizer("authorizers/apikey", identity, ttl, func(_ context.Context, payload []byte) (lambda.Result, error) {
		var event events.APIGatewayV2CustomAuthorizerV2Request
		if err := json.Unmarshal(payload, &event); err != nil {
			t.Error(err)
		}
		g.asked = append(g.asked, event)
		return lambda.Result{Payload: []byte(g.says), Cold: true}, g.err
	})
	if err != nil {
		t.Fatal(err)
	}
	pass := func(_ context.Context, payload []byte) (lambda.Result, error) {
		var event events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(payload, &event); err != nil {
			t.Error(err)
		}
		g.let = append(g.let, event)
		return lambda.Result{Payload: []byte(`{"statusCode":200,"body":"in"}`)}, nil
	}
	g.Gateway = New([]Route{
		{Method: "GET", Path: "/a", Function: "a", Invoke: pass, Authorizer: a},
		{Method: "GET", Path: "/b", Function: "b", Invoke: pass, Authorizer: a},
	}, func(_ context.Context, o Observation) { g.seen = o })
	g.now = func() time.Time { return g.at }
	return g
}

// get requests the path with a key, which may be empty, and compares the response.
func (g *guarded) get(t *testing.T, path, key, want string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	w := send(g, r)
	if got := strings.TrimSpace(http.StatusText(w.Code) + " " + w.Body.String()); got != want {
		t.Errorf("%s with %q returns %s, want %s", path, key, got, want)
	}
}

const (
	in           = "OK in"
	unauthorized = `Unauthorized {"message":"Unauthorized"}`
	forbidden    = `Forbidden {"message":"Forbidden"}`
	failed       = `Internal Server Error {"message":"Internal Server Error"}`
)

func TestRequestThatTheAuthorizerRefusesDoesNotPass(t *testing.T) {
	g := newGuarded(t, 0)
	g.says = `{"isAuthorized":false,"context":{"key_id":"key_1"}}`
	g.get(t, "/a", "k", forbidden)
	if g.seen.Function != "authorizers/apikey" || g.seen.Err != nil || !g.seen.Cold {
		t.Errorf("it is observed as %+v", g.seen)
	}
	for _, g.says = range []string{``, `{`, `null`, `[]`, `true`, `{}`, `{"isAuthorized":null}`, `{"isAuthorized":"true"}`, `{"IsAuthorized":1}`, `{"isAuthorized":true,"context":[]}`, `{"principalId":"a","policyDocument":{}}`} {
		g.get(t, "/a", "k", failed)
	}
	g.says = `{"isAuthorized":true}`
	for _, g.err = range []error{errors.New("anything"), &lambda.Error{Type: "Runtime.ExitError"}, lambda.ErrStopped, context.DeadlineExceeded} {
		g.get(t, "/a", "k", failed)
	}
	if g.seen.Err == nil || len(g.let) > 0 {
		t.Errorf("it is observed as %+v, and %d passed", g.seen, len(g.let))
	}
}

func TestMissingIdentitySourceIsUnauthorizedWithoutAnInvocation(t *testing.T) {
	g := newGuarded(t, 0, "$request.header.X-Api-Key", "$request.querystring.tenant")
	g.get(t, "/a?tenant=acme", "", unauthorized)
	g.get(t, "/a", "k", unauthorized)
	g.get(t, "/a?tenant=", "k", unauthorized)
	if len(g.asked) > 0 || len(g.let) > 0 {
		t.Errorf("%d invocations, %d passed", len(g.asked), len(g.let))
	}
	g.get(t, "/a?tenant=acme", "k", in)
}

func TestAuthorizerContextReachesTheFunction(t *testing.T) {
	g := newGuarded(t, 0, "$request.header.x-api-key", "$context.routeKey")
	r := httptest.NewRequest("GET", "/a?x=1", nil)
	r.Header.Set("X-Api-Key", "k")
	r.Header.Set("Cookie", "c=1")
	r.RemoteAddr = "192.0.2.7:4711"
	send(g, r)
	if len(g.let) != 1 || len(g.asked) != 1 {
		t.Fatalf("%d invocations, %d passed", len(g.asked), len(g.let))
	}
	if diff := cmp.Diff(map[string]any{"key_id": "key_1"}, g.let[0].RequestContext.Authorizer.Lambda); diff != "" {
		t.Errorf("the context (-want +got):\n%s", diff)
	}
	asked := g.asked[0]
	asked.RequestContext.RequestID, asked.RequestContext.Time, asked.RequestContext.TimeEpoch = "", "", 0
	want := events.APIGatewayV2CustomAuthorizerV2Request{
		Version: "2.0", Type: "REQUEST", RouteArn: "arn:aws:execute-api:local:000000000000:local/$default/GET/a", IdentitySource: []string{"k", "GET /a"},
		RouteKey: "GET /a", RawPath: "/a", RawQueryString: "x=1", Cookies: []string{"c=1"},
		Headers:               map[string]string{"host": "example.com", "x-api-key": "k", "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "http"},
		QueryStringParameters: map[string]string{"x": "1"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "GET /a", AccountID: "000000000000", Stage: "$default", APIID: "local", DomainName: "example.com", DomainPrefix: "local",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: "GET", Path: "/a", Protocol: "HTTP/1.1", SourceIP: "192.0.2.7"},
		},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("the authorizer's event (-want +got):\n%s", diff)
	}
}

func TestResultIsCachedByIdentitySourcesForItsTTL(t *testing.T) {
	g := newGuarded(t, time.Minute, "$request.header.x-api-key")
	times := func(n int) {
		t.Helper()
		if len(g.asked) != n {
			t.Errorf("%d invocations, want %d", len(g.asked), n)
		}
	}
	g.get(t, "/a", "k", in)
	g.says = `{"isAuthorized":false}`
	g.get(t, "/b", "k", in) // another route with the same identity
	times(1)
	g.get(t, "/a", "other", forbidden)
	g.says = `{"isAuthorized":true}`
	g.get(t, "/a", "other", forbidden) // a refusal is cached too
	times(2)
	g.at = g.at.Add(time.Minute)
	g.says = `{"isAuthorized":false}`
	g.get(t, "/a", "k", forbidden)
	times(3)

	g.err = errors.New("down")
	g.get(t, "/a", "third", failed)
	g.err, g.says = nil, `{"isAuthorized":true}`
	g.get(t, "/a", "third", in) // an error is not cached
	times(5)

	byRoute := newGuarded(t, time.Minute, "$request.header.x-api-key", "$context.routeKey")
	byRoute.get(t, "/a", "k", in)
	byRoute.says = `{"isAuthorized":false}`
	byRoute.get(t, "/b", "k", forbidden)
	never := newGuarded(t, 0, "$request.header.x-api-key")
	never.get(t, "/a", "k", in)
	never.says = `{"isAuthorized":false}`
	never.get(t, "/a", "k", forbidden)
}

func TestAuthorizerThatAPIGatewayRefusesIsRefused(t *testing.T) {
	for _, c := range []struct {
		ttl      time.Duration
		identity []string
		want     string
	}{
		{0, []string{"x-api-key"}, "the identity source x-api-key is not supported"},
		{0, []string{"$context.authorizer.key"}, "is not supported"},
		{-time.Second, []string{"$request.header.a"}, "cached for -1 seconds"},
		{time.Hour + time.Second, []string{"$request.header.a"}, "cached for 3601 seconds"},
		{time.Second, nil, "cached without an identity source"},
	} {
		if _, err := NewAuthorizer("f", c.identity, c.ttl, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
