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

// answering returns a gateway whose functions return the payload, and the last event that they received.
func answering(payload string, err error, routes ...string) (*Gateway, *events.APIGatewayV2HTTPRequest) {
	var event events.APIGatewayV2HTTPRequest
	var all []Route
	for _, key := range routes {
		method, path, _ := strings.Cut(key, " ")
		all = append(all, Route{Method: method, Path: path, Function: key, Invoke: func(_ context.Context, e []byte) (lambda.Result, error) {
			event = events.APIGatewayV2HTTPRequest{}
			if err := json.Unmarshal(e, &event); err != nil {
				panic(err)
			}
			return lambda.Result{Payload: []byte(payload), RequestID: "r-1", Cold: true}, err
		}})
	}
	return New(all, nil), &event
}

func send(g http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func TestMostSpecificRouteIsUsed(t *testing.T) {
	g, event := answering(`{"statusCode":200}`, nil,
		"GET /v1/keys", "POST /v1/keys", "GET /v1/keys/{id}", "POST /v1/keys/verify", "ANY /v1/keys/verify", "POST /v1/keys/{id}/disable",
		"GET /files/{proxy+}", "ANY /{proxy+}", "GET /files/{name}/raw", "ANY /v1/check/{arx_id}", "ANY /v1/check/{arx_id}/{path+}")
	for _, c := range []struct {
		request, route string
		parameters     map[string]string
	}{
		{"GET /v1/keys", "GET /v1/keys", nil},
		{"GET /v1/keys?limit=1", "GET /v1/keys", nil},
		{"GET /v1/keys/key_1", "GET /v1/keys/{id}", map[string]string{"id": "key_1"}},
		{"GET /v1/keys/verify", "ANY /v1/keys/verify", nil},
		{"POST /v1/keys/verify", "POST /v1/keys/verify", nil},
		{"POST /v1/keys/a%20b/disable", "POST /v1/keys/{id}/disable", map[string]string{"id": "a b"}},
		{"HEAD /v1/keys", "ANY /{proxy+}", map[string]string{"proxy": "v1/keys"}},
		{"GET /v1/keys/", "ANY /{proxy+}", map[string]string{"proxy": "v1/keys/"}},
		{"GET /files/a/b", "GET /files/{proxy+}", map[string]string{"proxy": "a/b"}},
		{"GET /files/a/raw", "GET /files/{name}/raw", map[string]string{"name": "a"}},
		{"PURGE /v1/check/arx_1?arx_id=*", "ANY /v1/check/{arx_id}", map[string]string{"arx_id": "arx_1"}},
		{"HEAD /v1/check/*", "ANY /v1/check/{arx_id}", map[string]string{"arx_id": "*"}},
		{"DELETE /v1/check/arx_1/at/a/", "ANY /v1/check/{arx_id}/{path+}", map[string]string{"arx_id": "arx_1", "path": "at/a/"}},
		{"GET /v1/check/arx_1/at/", "ANY /v1/check/{arx_id}/{path+}", map[string]string{"arx_id": "arx_1", "path": "at/"}},
		{"GET /v1/check/arx_1/at/../../*", "ANY /v1/check/{arx_id}/{path+}", map[string]string{"arx_id": "arx_1", "path": "at/../../*"}},
		{"GET /v1/check/arx_1/at//b", "ANY /v1/check/{arx_id}/{path+}", map[string]string{"arx_id": "arx_1", "path": "at//b"}},
		{"GET /v1/check/arx_1%2F..%2F*", "ANY /v1/check/{arx_id}/{path+}", map[string]string{"arx_id": "arx_1", "path": "../*"}},
		{"GET /v1/check/arx_1/", "ANY /{proxy+}", map[string]string{"proxy": "v1/check/arx_1/"}},
		{"GET /v1/check", "ANY /{proxy+}", map[string]string{"proxy": "v1/check"}},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		send(g, httptest.NewRequest(method, target, nil))
		if event.RouteKey != c.route {
			t.Errorf("%s went to %s, want %s", c.request, event.RouteKey, c.route)
		}
		if diff := cmp.Diff(c.parameters, event.PathParameters); diff != "" {
			t.Errorf("%s has the parameters (-want +got):\n%s", c.request, diff)
		}
	}
}

func TestRequestWithoutARouteIsNotFound(t *testing.T) {
	g, _ := answering("", nil, "GET /v1/keys", "GET /v1/keys/{id}")
	for _, request := range []string{"POST /v1/keys", "HEAD /v1/keys", "GET /v1/keys/", "GET /v1/key", "GET /v1/keys/a/b", "GET /"} {
		method, target, _ := strings.Cut(request, " ")
		w := send(g, httptest.NewRequest(method, target, nil))
		if w.Code != 404 || w.Body.String() != `{"message":"Not Found"}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s returns %d %s", request, w.Code, w.Body)
		}
	}
}

func TestEventContainsTheRequest(t *testing.T) {
	g, got := answering(`{"statusCode":200}`, nil, "POST /v1/things/{id}")
	g.now = func() time.Time { return time.Date(2026, 2, 1, 9, 12, 0, 0, time.FixedZone("", 3600)) }
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080/v1/things/a%C3%A9?b=2&a=1&a=%20x&c", strings.NewReader(`{"n":1}`))
	r.RemoteAddr = "192.0.2.7:4711"
	r.Header = http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "User-Agent": {"test"}, "X-Many": {"1", "2"},
		"Cookie": {"a=1; b=2", "c=3"}, "X-Forwarded-For": {"203.0.113.9"},
	}
	send(g, r)
	if len(got.RequestContext.RequestID) != 16 {
		t.Errorf("the request id is %q", got.RequestContext.RequestID)
	}
	got.RequestContext.RequestID = ""
	want := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "POST /v1/things/{id}", RawPath: "/v1/things/aé", RawQueryString: "b=2&a=1&a=%20x&c",
		Cookies: []string{"a=1", "b=2", "c=3"},
		Headers: map[string]string{
			"host": "127.0.0.1:8080", "content-type": "application/json; charset=utf-8", "user-agent": "test", "x-many": "1,2",
			"x-forwarded-for": "203.0.113.9, 192.0.2.7", "x-forwarded-proto": "http",
		},
		QueryStringParameters: map[string]string{"a": "1, x", "b": "2", "c": ""},
		PathParameters:        map[string]string{"id": "aé"},
		Body:                  `{"n":1}`,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "POST /v1/things/{id}", AccountID: "000000000000", Stage: "$default", APIID: "local",
			DomainName: "127.0.0.1", DomainPrefix: "local", Time: "01/Feb/2026:08:12:00 +0000", TimeEpoch: 1769933520000,
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: "POST", Path: "/v1/things/aé", Protocol: "HTTP/1.1", SourceIP: "192.0.2.7", UserAgent: "test",
			},
		},
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("the event (-want +got):\n%s", diff)
	}
}

func TestBinaryBodiesAreBase64(t *testing.T) {
	g, got := answering(`{"statusCode":200}`, nil, "POST /")
	for _, c := range []struct {
		kind, body, want string
		encoded          bool
	}{
		{"application/json", `{"é":1}`, `{"é":1}`, false},
		{"application/merge-patch+json", `{}`, `{}`, false},
		{"", `{}`, `{}`, false},
		{"text/plain", "a", "a", false},
		{"application/x-www-form-urlencoded", "a=1", "YT0x", true},
		{"application/octet-stream", "a=1", "YT0x", true},
		{"application/json", "\xff\xfe", "//4=", true},
		{"image/png", "", "", false},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		send(g, r)
		if got.Body != c.want || got.IsBase64Encoded != c.encoded {
			t.Errorf("%s %q is %q, base64 %t", c.kind, c.body, got.Body, got.IsBase64Encoded)
		}
	}
}

func TestResponseIsThatOfTheFunction(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		status        int
		body          string
		header        http.Header
	}{
		{"whole", `{"statusCode":201,"headers":{"content-type":"application/json","Location":"/a","x-number":3},"body":"{}","cookies":["a=1; Secure","b=2"]}`, 201, "{}",
			http.Header{"Content-Type": {"application/json"}, "Location": {"/a"}, "X-Number": {"3"}, "Set-Cookie": {"a=1; Secure", "b=2"}, "Content-Length": {"2"}}},
		{"base64", `{"statusCode":200,"headers":{"Content-Type":"image/png"},"body":"/+8=","isBase64Encoded":true}`, 200, "\xff\xef",
			http.Header{"Content-Type": {"image/png"}, "Content-Length": {"2"}}},
		{"no type", `{"statusCode":200,"body":"a"}`, 200, "a", http.Header{"Content-Type": {"text/plain;charset=UTF-8"}, "Content-Length": {"1"}}},
		{"the connection's own", `{"statusCode":200,"headers":{"content-length":"7","transfer-encoding":"chunked"},"body":"a"}`, 200, "a",
			http.Header{"Content-Type": {"text/plain;charset=UTF-8"}, "Content-Length": {"1"}}},
		{"bare object", `{"a":1}`, 200, `{"a":1}`, http.Header{"Content-Type": {"application/json"}, "Content-Length": {"7"}}},
		{"bare text", `"hello"`, 200, `"hello"`, http.Header{"Content-Type": {"application/json"}, "Content-Length": {"7"}}},
		{"no JSON", `hello`, 500, `{"message":"Internal Server Error"}`, nil},
		{"nonsense status", `{"statusCode":"ok"}`, 500, `{"message":"Internal Server Error"}`, nil},
		{"status out of range", `{"statusCode":99}`, 500, `{"message":"Internal Server Error"}`, nil},
		{"no base64", `{"statusCode":200,"body":"%","isBase64Encoded":true}`, 500, `{"message":"Internal Server Error"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := answering(c.payload, nil, "GET /")
			w := send(g, httptest.NewRequest("GET", "/", nil))
			if w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("the response is %d %q", w.Code, w.Body)
			}
			if c.header != nil {
				c.header.Set("Apigw-Requestid", "r-1")
				if diff := cmp.Diff(c.header, w.Header()); diff != "" {
					t.Errorf("the headers (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestFailedFunctionsGetTheResponseOfAWS(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{&lambda.Error{Type: "Runtime.ExitError"}, 500, `{"message":"Internal Server Error"}`},
		{&lambda.Error{Type: "Sandbox.Timedout"}, 500, `{"message":"Internal Server Error"}`},
		{errors.New("anything"), 500, `{"message":"Internal Server Error"}`},
		{context.DeadlineExceeded, 503, `{"message":"Service Unavailable"}`},
		{lambda.ErrStopped, 503, `{"message":"Service Unavailable"}`},
		{lambda.ErrTooLarge, 413, `{"message":"Request Entity Too Large"}`},
	} {
		g, _ := answering("", c.err, "GET /")
		var seen Observation
		g.observe = func(_ context.Context, o Observation) { seen = o }
		w := send(g, httptest.NewRequest("GET", "/", nil))
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%v returns %d %s", c.err, w.Code, w.Body)
		}
		if !errors.Is(seen.Err, c.err) || seen.Function != "GET /" || !seen.Cold {
			t.Errorf("%v is observed as %+v", c.err, seen)
		}
	}
}

func TestBodiesAboveTheLimitAreRefused(t *testing.T) {
	g, _ := answering(`{"statusCode":200}`, nil, "POST /")
	w := send(g, httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", maxBodyBytes+1))))
	if w.Code != 413 {
		t.Errorf("the status is %d", w.Code)
	}
}
