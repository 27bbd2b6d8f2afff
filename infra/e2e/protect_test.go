package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/api"
)

// protectYourAPI is the document for users who protect their own API.
const protectYourAPI = "infra/docs/protect-your-api.md"

// block returns the document's first code block in the language.
func block(t *testing.T, language string) string {
	t.Helper()
	return blocks(t, language, 1)[0]
}

// blocks returns the document's code blocks in the language. It fails the test if there are too few.
func blocks(t *testing.T, language string, atLeast int) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, protectYourAPI))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(text, -1) {
		all = append(all, string(found[1]))
	}
	if len(all) < atLeast {
		t.Fatalf("%s has %d blocks of %s, want %d", protectYourAPI, len(all), language, atLeast)
	}
	return all
}

// theirs reads the document's template for an HTTP API.
func theirs(t *testing.T, arxID string) *template.Template {
	t.Helper()
	file := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(block(t, "yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := template.Read(file, template.Options{
		NoTable:    true,
		Parameters: map[string]string{"ArxkeysTable": stack.DefaultTable, "ArxId": arxID},
		Attributes: map[string]string{"AWS::Partition": "aws", "AWS::Region": engine.Region, "AWS::AccountId": "000000000000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// theirAPI serves the routes of the template behind its authorizer, which is the real binary. The response to an
// allowed request is the authorizer's context. The argument change overrides environment variables; empty ones are
// removed.
func theirAPI(t *testing.T, b *laptop, read *template.Template, change map[string]string) http.Handler {
	t.Helper()
	asks, ok := read.Function(read.Authorizers[0].Function)
	if !ok {
		t.Fatal("there is no authorizer")
	}
	env := map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": "http://" + b.way.address(), "AWS_ACCESS_KEY_ID": b.engine.AccessKey, "AWS_SECRET_ACCESS_KEY": engine.SecretKey,
		"AWS_SESSION_TOKEN": "AuthorizersApikeyFunction",
	}
	for name, value := range asks.Environment {
		env[name] = value
	}
	for name, value := range change {
		if env[name] = value; value == "" {
			delete(env, name)
		}
	}
	f := lambda.New(lambda.Config{
		Name: "theirs", Binary: build.Binary(root, asks.Name()), Environment: env, Region: engine.Region, Timeout: asks.Timeout, MemoryMB: asks.MemoryMB,
		Output: func(line string) { b.log.Write([]byte(line + "\n")) },
	})
	t.Cleanup(f.Stop)
	authorizer, err := gateway.NewAuthorizer(asks.Name(), read.Authorizers[0].Identity, read.Authorizers[0].TTL, f.Invoke)
	if err != nil {
		t.Fatal(err)
	}
	echo := func(_ context.Context, payload []byte) (lambda.Result, error) {
		var event struct {
			RequestContext struct {
				Authorizer struct {
					Lambda json.RawMessage `json:"lambda"`
				} `json:"authorizer"`
			} `json:"requestContext"`
		}
		err := json.Unmarshal(payload, &event)
		return lambda.Result{Payload: event.RequestContext.Authorizer.Lambda}, err
	}
	var routes []gateway.Route
	for _, f := range read.Functions {
		for _, r := range f.Routes {
			routes = append(routes, gateway.Route{Method: r.Method, Path: r.Path, Function: f.Name(), Invoke: echo, Authorizer: authorizer})
		}
	}
	return gateway.New(append(routes, gateway.Route{Method: "DELETE", Path: "/pets", Invoke: echo, Authorizer: authorizer}), nil)
}

// TestDocumentedTemplateProtectsAnAPI runs the document's template with the real authorizer.
func TestDocumentedTemplateProtectsAnAPI(t *testing.T) {
	b := &belongings{laptop: newLaptop(t.TempDir())}
	t.Cleanup(b.stop)
	if err := b.start(false); err != nil {
		t.Fatal(err)
	}
	create := func(path, body, want string) string {
		t.Helper()
		value, err := field(b.do(t, "POST", path, b.managementKey(), body).body, want)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	application := create("/v1/applications", `{"name": "Billing", "technology": "server"}`, "id")
	arx := create("/v1/arxes", `{"name": "Production EU", "regions": ["eu-central-1"]}`, "id")
	other := create("/v1/arxes", `{"name": "Playground", "regions": ["eu-central-1"]}`, "id")
	key := func(arx string) string {
		return create("/v1/keys", `{"application_id": "`+application+`", "arx_id": "`+arx+`", "name": "reader", "scopes": ["pets:read"]}`, "access_key")
	}
	good, elsewhere := key(arx), key(other)
	tenant := "example" // the tenant of the laptop's management key

	read := theirs(t, arx)
	pets := theirAPI(t, b.laptop, read, map[string]string{"TENANT": tenant})
	get := func(api http.Handler, method, key string) (int, string) {
		r := httptest.NewRequest(method, "/pets", nil)
		if key != "" {
			r.Header.Set("X-Api-Key", key)
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	want := func(why string, api http.Handler, method, key string, status int) {
		t.Helper()
		if got, body := get(api, method, key); got != status {
			t.Errorf("%s: %d %s, want %d", why, got, body, status)
		}
	}
	want("no key", pets, "GET", "", 401)
	want("an unknown key", pets, "GET", good[:len(good)-1]+"!", 403)
	want("a management key", pets, "GET", b.managementKey(), 403)
	want("a key of another Arx", pets, "GET", elsewhere, 403)
	want("without the scope", pets, "POST", good, 403)
	want("a route that is not listed", pets, "DELETE", good, 403)
	want("another organisation's API", theirAPI(t, b.laptop, read, map[string]string{"TENANT": "other"}), "GET", good, 403)
	for _, wrong := range []map[string]string{{"ARX_ID": ""}, {"TENANT": ""}, {"REQUIRED_SCOPES": "{"}, {"REQUIRED_SCOPES": "null"}} {
		want("an authorizer with wrong settings", theirAPI(t, b.laptop, read, wrong), "GET", good, 500)
	}
	status, body := get(pets, "GET", good)
	if status != 200 || !strings.Contains(body, `"scopes":"pets:read"`) || !strings.Contains(body, `"tenant":"`+tenant+`"`) || !strings.Contains(body, `"arx_id":"`+arx+`"`) {
		t.Errorf("a valid key: %d %s", status, body)
	}
	// With the origin as identity source instead of the route, a cached result would open every route.
	kept := theirs(t, arx)
	kept.Authorizers[0].Identity, kept.Authorizers[0].TTL = []string{"$request.header.x-api-key", "$request.header.origin"}, 300*time.Second
	forgotten := theirAPI(t, b.laptop, kept, map[string]string{"TENANT": tenant})
	for _, method := range []string{"GET", "POST"} {
		r := httptest.NewRequest(method, "/pets", nil)
		r.Header.Set("X-Api-Key", good)
		r.Header.Set("Origin", "GET /pets")
		w := httptest.NewRecorder()
		forgotten.ServeHTTP(w, r)
		if w.Code != 500 {
			t.Errorf("%s with a route that the caller wrote: %d %s", method, w.Code, w.Body)
		}
	}
	b.way.cut(true)
	want("the check itself fails", pets, "GET", good, 500)
	b.way.cut(false)
	if id, err := field([]byte(body), "key_id"); err != nil {
		t.Error(err)
	} else if answer := b.do(t, "DELETE", "/v1/keys/"+id, b.managementKey(), ""); answer.status != 200 {
		t.Errorf("delete: %s", answer)
	}
	want("a deleted key", pets, "GET", good, 403)

	// The middleware makes the same decisions.
	reader := key(arx)
	limited := func(limit string) string {
		return create("/v1/keys", `{"application_id": "`+application+`", "arx_id": "`+arx+`", `+limit+`}`, "access_key")
	}
	in := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
	guard := func(base string, scopes ...string) http.Handler {
		t.Helper()
		guarded, err := protect(base, b.managementKey(), arx, scopes, in)
		if err != nil {
			t.Fatal(err)
		}
		return guarded
	}
	want("the middleware, no key", guard(b.url(), "pets:read"), "GET", "", 401)
	want("the middleware, no access key", guard(b.url(), "pets:read"), "GET", "nothing", 401)
	want("the middleware, a deleted key", guard(b.url(), "pets:read"), "GET", good, 401)
	want("the middleware, a key of another Arx", guard(b.url(), "pets:read"), "GET", elsewhere, 403)
	want("the middleware, without the scope", guard(b.url(), "pets:write"), "GET", reader, 403)
	want("the middleware, API unreachable", guard("http://127.0.0.1:1", "pets:read"), "GET", reader, 503)
	want("the middleware, a valid key", guard(b.url(), "pets:read"), "GET", reader, 200)
	want("the middleware, a valid key, without required scopes", guard(b.url()), "GET", reader, 200)
	want("the middleware, a key of another Arx, without required scopes", guard(b.url()), "GET", elsewhere, 403)
	stranger := "arxm_0123456789abcdef" + strings.Repeat("0", 49)
	if guarded, err := protect(b.url(), stranger, arx, nil, in); err != nil {
		t.Error(err)
	} else {
		want("the middleware, a wrong management key", guarded, "GET", reader, 503)
	}
	disabled := limited(`"name": "disabled"`)
	if whose := b.do(t, "GET", "/v1/keys?q=disabled", b.managementKey(), ""); whose.status != 200 {
		t.Errorf("list: %s", whose)
	} else if id := regexp.MustCompile(`key_[0-9A-Za-z]{16}`).FindString(string(whose.body)); b.do(t, "POST", "/v1/keys/"+id+"/disable", b.managementKey(), "").status != 200 {
		t.Errorf("%s is not disabled", id)
	}
	want("the middleware, a disabled key", guard(b.url()), "GET", disabled, 403)
	used, fast := limited(`"remaining_uses": 1`), limited(`"rate_limit": {"limit": 1, "window_seconds": 2592000}`)
	for _, key := range []string{used, fast} {
		want("the middleware, a key within its limit", guard(b.url()), "GET", key, 200)
		want("the middleware, a key over its limit", guard(b.url()), "GET", key, 429)
	}
}

// TestDocumentedAPIsUseTheAuthorizerCorrectly checks the identity sources (key and route), that nothing is cached,
// and the payload format. The test above also runs the HTTP API; infra/local has no gateway for the REST API.
func TestDocumentedAPIsUseTheAuthorizerCorrectly(t *testing.T) {
	type authorizer struct {
		Function    string `yaml:"FunctionArn"`
		Type        string `yaml:"FunctionPayloadType"`
		Version     string `yaml:"AuthorizerPayloadFormatVersion"`
		Simple      bool   `yaml:"EnableSimpleResponses"`
		Permissions bool   `yaml:"EnableFunctionDefaultPermissions"`
		Identity    struct {
			Headers []string `yaml:"Headers"`
			Context []string `yaml:"Context"`
			Seconds *int     `yaml:"ReauthorizeEvery"`
		} `yaml:"Identity"`
	}
	type api struct {
		Type       string `yaml:"Type"`
		Properties struct {
			Auth struct {
				Authorizers map[string]authorizer `yaml:"Authorizers"`
				Default     string                `yaml:"DefaultAuthorizer"`
				Preflight   *bool                 `yaml:"AddDefaultAuthorizerToCorsPreflight"`
			} `yaml:"Auth"`
		} `yaml:"Properties"`
	}
	all := blocks(t, "yaml", 2)
	read := func(text string) (*api, map[string]yaml.Node) {
		t.Helper()
		var whole struct {
			Resources map[string]yaml.Node `yaml:"Resources"`
		}
		if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
			t.Fatal(err)
		}
		var found api
		node, ok := whole.Resources["Api"]
		if !ok {
			t.Fatal("there is no Api")
		}
		if err := node.Decode(&found); err != nil {
			t.Fatal(err)
		}
		return &found, whole.Resources
	}
	never := 0
	http, resources := read(all[0])
	want := authorizer{Function: "AccessKeyFunction.Arn", Version: "2.0", Simple: true, Permissions: true}
	want.Identity.Headers, want.Identity.Context, want.Identity.Seconds = []string{"x-api-key"}, []string{"routeKey"}, &never
	if diff := cmp.Diff(map[string]authorizer{"AccessKey": want}, http.Properties.Auth.Authorizers); diff != "" || http.Type != "AWS::Serverless::HttpApi" {
		t.Errorf("%s (-want +got):\n%s", http.Type, diff)
	}
	rest, _ := read("Resources:\n" + all[1])
	want = authorizer{Function: "AccessKeyFunction.Arn", Type: "REQUEST"}
	want.Identity.Headers, want.Identity.Context, want.Identity.Seconds = []string{"x-api-key"}, []string{"httpMethod", "path"}, &never
	if diff := cmp.Diff(map[string]authorizer{"AccessKey": want}, rest.Properties.Auth.Authorizers); diff != "" || rest.Type != "AWS::Serverless::Api" {
		t.Errorf("%s (-want +got):\n%s", rest.Type, diff)
	}
	if a := rest.Properties.Auth; a.Default != "AccessKey" || a.Preflight == nil || *a.Preflight {
		t.Errorf("%+v: every route must have the authorizer, and CORS preflight requests must not", a)
	}
	if _, ok := resources["AccessKeyFunction"]; !ok {
		t.Error("an API does not use AccessKeyFunction")
	}
}

// TestDocumentedMiddlewareIsTheTestedOne checks that middleware_test.go contains the document's code.
func TestDocumentedMiddlewareIsTheTestedOne(t *testing.T) {
	source, err := os.ReadFile("middleware_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), block(t, "go")) {
		t.Error("the middleware of the document is not that of middleware_test.go")
	}
}

// TestAuthorizerRefusesKeysOfADisabledApplicationAtOnce uses a gate TTL of 0, with which every verification reads the
// gates.
func TestAuthorizerRefusesKeysOfADisabledApplicationAtOnce(t *testing.T) {
	l, _, c := startFaulty(t, func(*faults) {})
	app := must[api.Application](t)(once(c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	arx := must[api.Arx](t)(once(c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))
	key := must[api.CreatedKey](t)(once(c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID}))
	passes := func(when string, want int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.url()+api.WhoAmI.Path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", string(*key.AccessKey))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", when, answer.StatusCode, want)
		}
	}
	passes("a key on first use", 200)
	passes("a key on second use", 200)
	must[api.Application](t)(once(c, api.DisableApplication, api.Target{ID: app.ID}))
	passes("its application is disabled", 403)
	must[api.Application](t)(once(c, api.EnableApplication, api.Target{ID: app.ID}))
	passes("its application is enabled", 200)
}
