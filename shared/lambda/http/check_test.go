package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const gatewayArx = "arx_0123456789abcdef"

// gateway serves api.Check with a caller and a verdict that tests choose.
type gateway struct {
	by       auth.Principal
	refused  error // of the authentication
	verdict  api.Verification
	err      error
	asked    []api.VerifyKeyRequest
	log      bytes.Buffer
	edge     edge.Edge
	metrics  *metrics.Recorder
	presents string // credentials that were checked
}

func newGateway() *gateway {
	return &gateway{
		by: auth.Principal{Kind: api.ManagementKey, ID: "mgk_0123456789abcdef", Tenant: "acme", Role: api.Verifier},
		verdict: api.Verification{
			Valid: true, Code: api.CodeValid, Tenant: "acme",
			Key:         &api.VerifiedKey{ID: "key_0123456789abcdef", Name: "nightly", Scopes: []string{"invoices:read", "quotes:*"}},
			Application: &api.VerifiedApplication{ID: "app_0123456789abcdef", Name: "Billing"},
			Arx:         &api.VerifiedArx{ID: gatewayArx, Name: "EU"},
		},
	}
}

// refuse makes the verdict a refusal of a known key.
func (g *gateway) refuse(code api.Code) *gateway {
	g.verdict.Valid, g.verdict.Code = false, code
	return g
}

// call sends a request with a gateway's usual headers and the changes; "-" removes a header.
func (g *gateway) call(t *testing.T, path map[string]string, change map[string]string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	headers := map[string]string{"authorization": "Bearer arxm_gateway", "x-api-key": "arxk_prd_caller"}
	for name, value := range change {
		if headers[name] = value; value == "-" {
			delete(headers, name)
		}
	}
	if path == nil {
		path = map[string]string{"arx_id": gatewayArx}
	}
	event := events.APIGatewayV2HTTPRequest{Headers: headers, PathParameters: path, RawQueryString: "arx_id=*&x-arxkeys-scopes=", Body: "\xff not read"}
	event.RequestContext.RequestID = "JKJaXmPLvHcESHA="
	serve := lambdahttp.CheckHandler(api.Check, lambdahttp.Prefetching[api.VerifyKeyRequest, struct{}]{
		Plan: func(func() (api.VerifyKeyRequest, error)) struct{} { return struct{}{} },
		Authenticate: func(_ context.Context, credential string, _ struct{}) (auth.Principal, error) {
			g.presents += credential + " "
			return g.by, g.refused
		},
	}, func(_ context.Context, by auth.Principal, req api.VerifyKeyRequest, _ struct{}) (api.Verification, error) {
		if by.Tenant != g.by.Tenant {
			t.Errorf("verified for %q", by.Tenant)
		}
		g.asked = append(g.asked, req)
		if g.err == errPanics {
			panic(g.err)
		}
		return g.verdict, g.err
	}, lambdahttp.Options{Log: slog.New(slog.NewJSONHandler(&g.log, nil)), Edge: g.edge, Metrics: g.metrics})
	answer, err := serve(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

var errPanics = errors.New("it panics")

// refused checks a refusal: the status, the code, and that it contains neither identity nor what was sent.
func refused(t *testing.T, name string, g *gateway, answer events.APIGatewayV2HTTPResponse, status int, code any) {
	t.Helper()
	if answer.StatusCode != status || answer.Headers["X-Arxkeys-Code"] != fmt.Sprint(code) || answer.Headers["Cache-Control"] != "no-store" || answer.Headers["X-Request-Id"] == "" {
		t.Errorf("%s: %d %v %s, want %d %s", name, answer.StatusCode, answer.Headers, answer.Body, status, code)
	}
	for header := range answer.Headers {
		if strings.HasPrefix(header, "X-Arxkeys-") && header != "X-Arxkeys-Code" {
			t.Errorf("%s: the refusal has %s", name, header)
		}
	}
	var document problem.Document
	if err := json.Unmarshal([]byte(answer.Body), &document); err != nil || document.Status != status || answer.Headers["Content-Type"] != problem.MediaType {
		t.Errorf("%s: %v: %s", name, err, answer.Body)
	}
	for _, secret := range []string{"arxk_prd", "arxm_gateway", "key_", "app_", "acme", "Billing", "nightly"} {
		if strings.Contains(answer.Body, secret) {
			t.Errorf("%s: the response contains %q: %s", name, secret, answer.Body)
		}
	}
	for _, secret := range []string{"arxk_prd", "arxm_gateway", "stranger"} {
		if strings.Contains(g.log.String(), secret) {
			t.Errorf("%s: the log contains %q: %s", name, secret, g.log.String())
		}
	}
	if !strings.Contains(g.log.String(), `"code":"`+fmt.Sprint(code)+`"`) {
		t.Errorf("%s: the log has no code: %s", name, g.log.String())
	}
}

func TestGatewayWithoutItsCredentialIsRefused(t *testing.T) {
	for name, authorization := range map[string]string{
		"none": "-", "empty": "", "another scheme": "Basic arxm_gateway", "two": "Bearer arxm_gateway, Bearer arxm_gateway",
		"no scheme": "arxm_gateway", "an access key": "Bearer arxk_prd_caller", "an access token": "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
	} {
		g := newGateway()
		refused(t, name, g, g.call(t, nil, map[string]string{"authorization": authorization}), 500, api.CheckGatewayCredential)
		if g.presents != "" || len(g.asked) > 0 {
			t.Errorf("%s: checked %q, %d keys", name, g.presents, len(g.asked))
		}
		if strings.Contains(g.log.String(), `"level":"ERROR"`) {
			t.Errorf("%s: a stranger can write errors to the log: %s", name, g.log.String())
		}
	}
	for name, err := range map[string]error{
		"deleted": problem.New(problem.Unauthenticated, "No such management key."), "without a tenant": problem.New(problem.Forbidden, "No."),
	} {
		g := newGateway()
		g.refused = err
		refused(t, name, g, g.call(t, nil, nil), 500, api.CheckGatewayCredential)
	}
}

// Callers choose method and path, so the credential that comes with them must not be able to do more.
func TestGatewayWithAnotherRoleIsRefused(t *testing.T) {
	for _, role := range []api.Role{api.Owner, api.Admin, api.Developer, "", "root"} {
		g := newGateway()
		g.by.Role = role
		refused(t, string(role), g, g.call(t, nil, nil), 500, api.CheckGatewayRole)
		if len(g.asked) > 0 {
			t.Errorf("%q: a key was verified", role)
		}
	}
	g := newGateway()
	g.by.Kind = api.Person
	refused(t, "a person", g, g.call(t, nil, nil), 500, api.CheckGatewayRole)
}

func TestGatewayWithAWrongSettingIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ path, headers map[string]string }{
		"no Arx":                     {path: map[string]string{}},
		"an empty Arx":               {path: map[string]string{"arx_id": ""}},
		"another id":                 {path: map[string]string{"arx_id": "key_0123456789abcdef"}},
		"an Arx with a path":         {path: map[string]string{"arx_id": gatewayArx + "/../*"}},
		"empty scopes":               {headers: map[string]string{"x-arxkeys-scopes": ""}},
		"repeated scopes":            {headers: map[string]string{"x-arxkeys-scopes": "a", "X-Arxkeys-Scopes": "stranger"}},
		"appended scopes":            {headers: map[string]string{"x-arxkeys-scopes": "stranger,invoices:read"}},
		"scopes in Latin-1":          {headers: map[string]string{"x-arxkeys-scopes": "stranger\xe9"}},
		"an empty address":           {headers: map[string]string{"x-arxkeys-client-ip": " "}},
		"a list of addresses":        {headers: map[string]string{"x-arxkeys-client-ip": "203.0.113.7, 198.51.100.1"}},
		"an empty key header":        {headers: map[string]string{"x-arxkeys-key-header": ""}},
		"the gateway's own header":   {headers: map[string]string{"x-arxkeys-key-header": "authorization"}},
		"an unknown way to limit":    {headers: map[string]string{"x-arxkeys-limited": "stranger"}},
		"a repeated origin's header": {headers: map[string]string{"x-arxkeys-origin": "https://a.example", "X-Arxkeys-Origin": "https://b.example"}},
	} {
		g := newGateway()
		answer := g.call(t, c.path, c.headers)
		refused(t, name, g, answer, 500, api.CheckGatewaySetting)
		if len(g.asked) > 0 {
			t.Errorf("%s: a key was verified", name)
		}
		if !strings.Contains(answer.Body, "arx_id") && !strings.Contains(answer.Body, "x-arxkeys-") {
			t.Errorf("%s: the response names no setting: %s", name, answer.Body)
		}
	}
}

func TestDirectCallOfAGatewayIsRefused(t *testing.T) {
	var err error
	g := newGateway()
	if g.edge, err = edge.New(strings.Repeat("s", 32), true); err != nil {
		t.Fatal(err)
	}
	refused(t, "direct", g, g.call(t, nil, nil), 500, api.CheckDirectCall)
}

func TestCallerWithoutExactlyOneKeyIsUnauthenticated(t *testing.T) {
	for name, c := range map[string]struct {
		headers map[string]string
		code    api.CheckCode
		how     string
	}{
		"none":                      {map[string]string{"x-api-key": "-"}, api.CheckNoKey, "Bearer"},
		"empty":                     {map[string]string{"x-api-key": " "}, api.CheckNoKey, "Bearer"},
		"only a scheme":             {map[string]string{"x-api-key": "Bearer "}, api.CheckNoKey, "Bearer"},
		"none in the named header":  {map[string]string{"x-arxkeys-key-header": "x-key"}, api.CheckNoKey, "Bearer"},
		"two, joined":               {map[string]string{"x-api-key": "arxk_prd_a,arxk_prd_a"}, api.CheckTwoKeys, `Bearer error="invalid_token"`},
		"two, in one value":         {map[string]string{"x-api-key": "Bearer arxk_prd_a arxk_prd_b"}, api.CheckTwoKeys, `Bearer error="invalid_token"`},
		"two, with different cases": {map[string]string{"x-api-key": "arxk_prd_a", "X-Api-Key": "arxk_prd_b"}, api.CheckTwoKeys, `Bearer error="invalid_token"`},
	} {
		g := newGateway()
		answer := g.call(t, nil, c.headers)
		refused(t, name, g, answer, 401, c.code)
		if len(g.asked) > 0 || answer.Headers["WWW-Authenticate"] != c.how {
			t.Errorf("%s: %q, %d keys were verified", name, answer.Headers["WWW-Authenticate"], len(g.asked))
		}
	}
}

func TestEveryVerdictHasItsStatus(t *testing.T) {
	want := map[api.Code]int{
		api.CodeMalformed: 401, api.CodeNotFound: 401, api.CodeDisabled: 403, api.CodeExpired: 403, api.CodeWrongArx: 403, api.CodeApplicationInactive: 403,
		api.CodeArxInactive: 403, api.CodeIPNotAllowed: 403, api.CodeOriginNotAllowed: 403, api.CodeInsufficientScope: 403, api.CodeRateLimited: 429, api.CodeUsageExhausted: 429,
	}
	for _, code := range api.Codes() {
		if code == api.CodeValid {
			continue
		}
		g := newGateway().refuse(code)
		answer := g.call(t, nil, nil)
		refused(t, string(code), g, answer, want[code], code)
		if limited := want[code] == 429; limited != (answer.Headers["Retry-After"] != "") {
			t.Errorf("%s: Retry-After is %q", code, answer.Headers["Retry-After"])
		}
		if want[code] == 403 || want[code] == 429 {
			continue
		}
		if answer.Headers["WWW-Authenticate"] == "" {
			t.Errorf("%s: 401 without WWW-Authenticate", code)
		}
	}
	if g := newGateway().refuse("SOMETHING_NEW"); true {
		refused(t, "a new code", g, g.call(t, nil, nil), 403, "SOMETHING_NEW")
	}
}

func TestLimitsSayWhenToRetry(t *testing.T) {
	for _, c := range []struct {
		code    api.Code
		seconds int
		limited string
		status  int
		retry   string
	}{
		{api.CodeRateLimited, 48, "-", 429, "48"},
		{api.CodeRateLimited, 0, "-", 429, "1"},
		{api.CodeRateLimited, 48, "403", 403, "48"},
		{api.CodeUsageExhausted, 0, "-", 429, "3600"},
		{api.CodeUsageExhausted, 0, "403", 403, "3600"},
	} {
		g := newGateway().refuse(c.code)
		limit := ""
		if c.code == api.CodeRateLimited {
			g.verdict.RateLimit = &api.RateLimitState{Limit: 100, WindowSeconds: 60, ResetSeconds: c.seconds}
			_, limit = g.verdict.RateLimitFields()
		}
		answer := g.call(t, nil, map[string]string{"x-arxkeys-limited": c.limited})
		refused(t, string(c.code), g, answer, c.status, c.code)
		if answer.Headers["Retry-After"] != c.retry || answer.Headers["RateLimit"] != limit {
			t.Errorf("%+v: %v", c, answer.Headers)
		}
	}
}

// Everything that is not a verdict refuses.
func TestUndecidedCheckIsUnavailable(t *testing.T) {
	for name, c := range map[string]func(*gateway){
		"the store":              func(g *gateway) { g.err = problem.Busy(errors.New("timeout")) },
		"a restored table":       func(g *gateway) { g.err = problem.WrongTable(problem.TableRestored, errors.New("stamp")) },
		"the time":               func(g *gateway) { g.err = context.DeadlineExceeded },
		"an error":               func(g *gateway) { g.err = errors.New("broken") },
		"a panic":                func(g *gateway) { g.err = errPanics },
		"the authentication":     func(g *gateway) { g.refused = errors.New("no connection") },
		"its store":              func(g *gateway) { g.refused = problem.Busy(errors.New("timeout")) },
		"no code":                func(g *gateway) { g.verdict.Code = "" },
		"valid with a refusal":   func(g *gateway) { g.verdict.Code = api.CodeExpired },
		"a refusal as valid":     func(g *gateway) { g.verdict.Valid = false },
		"valid without a key":    func(g *gateway) { g.verdict.Key = nil },
		"valid without an Arx":   func(g *gateway) { g.verdict.Arx = nil },
		"without an application": func(g *gateway) { g.verdict.Application = nil },
		"valid without a tenant": func(g *gateway) { g.verdict.Tenant = "" },
	} {
		g := newGateway()
		c(g)
		answer := g.call(t, nil, nil)
		refused(t, name, g, answer, 503, api.CheckUndecided)
		if answer.Headers["Retry-After"] == "" || !strings.Contains(g.log.String(), `"level":"ERROR"`) || !strings.Contains(g.log.String(), `"cause"`) {
			t.Errorf("%s: %v %s", name, answer.Headers, g.log.String())
		}
	}
}

func TestAllowedCallerIsIdentifiedInHeaders(t *testing.T) {
	g := newGateway()
	g.verdict.RateLimit = &api.RateLimitState{Limit: 100, Remaining: 93, WindowSeconds: 60, ResetSeconds: 48}
	answer := g.call(t, nil, nil)
	want := map[string]string{
		"X-Arxkeys-Code": "VALID", "X-Arxkeys-Key-Id": "key_0123456789abcdef", "X-Arxkeys-Application": "app_0123456789abcdef",
		"X-Arxkeys-Arx": gatewayArx, "X-Arxkeys-Tenant": "acme", "X-Arxkeys-Granted-Scopes": "invoices:read quotes:*",
		"RateLimit": `"key";r=93;t=48`, "RateLimit-Policy": `"key";q=100;w=60`,
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": "JKJaXmPLvHcESHA=", "Content-Type": "text/plain",
	}
	if diff := cmp.Diff(want, answer.Headers); diff != "" || answer.StatusCode != 200 || answer.Body != "" {
		t.Errorf("%d %s (-want +got):\n%s", answer.StatusCode, answer.Body, diff)
	}
	if strings.Contains(g.log.String(), "arxk_") || strings.Contains(g.log.String(), "arxm_") {
		t.Error(g.log.String())
	}
	// A key without scopes has the header too: it replaces one that the caller sent.
	g.verdict.Key.Scopes = nil
	if scopes, ok := g.call(t, nil, nil).Headers["X-Arxkeys-Granted-Scopes"]; !ok || scopes != "" {
		t.Errorf("%q, %t", scopes, ok)
	}
}

// The Arx is that of the path; everything else comes from the gateway's headers. Query, body, the rest of the
// path and X-Forwarded-For are the caller's.
func TestCallerCannotSteerTheCheck(t *testing.T) {
	all := map[string]string{
		"x-arxkeys-key-header": "X-Key", "X-KEY": "bearer  arxk_prd_caller", "x-arxkeys-scopes": "a b", "x-arxkeys-client-ip": "203.0.113.7", "x-arxkeys-origin": "https://shop.example",
		"x-forwarded-for": "198.51.100.1", "x-api-key": "arxk_prd_other", "forwarded": "for=198.51.100.1", "x-real-ip": "198.51.100.1", "origin": "https://stranger.example", "if-match": "*",
	}
	for name, c := range map[string]struct {
		path, headers map[string]string
		want          api.VerifyKeyRequest
	}{
		"every setting": {nil, all, api.VerifyKeyRequest{Key: "arxk_prd_caller", ArxID: gatewayArx, Scopes: []string{"a", "b"}, IP: "203.0.113.7", Origin: "https://shop.example"}},
		"no setting": {
			map[string]string{"arx_id": gatewayArx, "path": "../*"}, map[string]string{"x-forwarded-for": "198.51.100.1", "origin": "https://stranger.example"},
			api.VerifyKeyRequest{Key: "arxk_prd_caller", ArxID: gatewayArx},
		},
		"any Arx": {map[string]string{"arx_id": "*"}, nil, api.VerifyKeyRequest{Key: "arxk_prd_caller"}},
		"no origin, and a gateway that sends an empty one": {nil, map[string]string{"x-arxkeys-origin": ""}, api.VerifyKeyRequest{Key: "arxk_prd_caller", ArxID: gatewayArx}},
		"two origins": {nil, map[string]string{"x-arxkeys-origin": "https://a.example,https://b.example"}, api.VerifyKeyRequest{Key: "arxk_prd_caller", ArxID: gatewayArx, Origin: "https://a.example,https://b.example"}},
	} {
		g := newGateway()
		if answer := g.call(t, c.path, c.headers); answer.StatusCode != 200 || len(g.asked) != 1 {
			t.Errorf("%s: %d %v", name, answer.StatusCode, answer.Headers)
			continue
		}
		got := g.asked[0]
		if len(got.Scopes) == 0 {
			got.Scopes = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A check counts as a verification by its verdict, an invalid credential as a refused one. A
// request without one, which anybody can send, counts as neither.
func TestChecksAreCounted(t *testing.T) {
	var out bytes.Buffer
	g := newGateway()
	g.metrics = metrics.New("arxkeys", "check", lambdalog.New(&out), func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) })
	g.call(t, nil, nil) // writes the first line
	g.call(t, nil, nil)
	g.call(t, nil, map[string]string{"x-api-key": "-"})
	g.call(t, nil, map[string]string{"authorization": "-"})
	g.call(t, nil, map[string]string{"authorization": "Bearer eyJ"})
	g.refuse(api.CodeExpired).call(t, nil, nil)
	g.err = problem.Busy(errors.New("timeout"))
	g.call(t, nil, nil)
	g.refused = problem.New(problem.Unauthenticated, "No such management key.")
	g.call(t, nil, nil)
	g.refused, g.by.Role = nil, api.Owner
	g.call(t, nil, nil)
	g.metrics.Write(t.Context())
	want := map[string]float64{"Verdict.VALID": 2, "Verdict.EXPIRED": 1, "RefusedCredentials": 2, "StoreErrors": 1}
	got := map[string]float64{}
	for text := range strings.Lines(out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		for name, value := range line {
			if n, ok := value.(float64); ok {
				got[name] += n
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
