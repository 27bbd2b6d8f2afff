package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/engine"
)

// function is a main without dependencies, so that a test's repository needs no modules. Its response depends on the
// name of the function and on the credential: "refused" is 401, "down" is 503. Creating a key fails if the tenant
// claim is "broken".
const function = `package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		res, err := http.Get(api + "next")
		if err != nil {
			os.Exit(1)
		}
		var event struct{ Headers map[string]string }
		json.NewDecoder(res.Body).Decode(&event)
		status, body := 200, ` + "`" + `{"role":"owner","tenant":"` + "`" + ` + os.Getenv("TENANT_CLAIM") + ` + "`" + `"}` + "`" + `
		switch {
		case strings.HasSuffix(event.Headers["authorization"], " refused"):
			status, body = 401, ` + "`" + `{"code":"unauthenticated","status":401}` + "`" + `
		case strings.HasSuffix(event.Headers["authorization"], " down"):
			status, body = 503, ` + "`" + `{"code":"unavailable","status":503}` + "`" + `
		case os.Getenv("TENANT_CLAIM") == "broken":
			status, body = 500, ` + "`" + `{"code":"internal","status":500,"detail":"Try again."}` + "`" + `
		case os.Getenv("AWS_LAMBDA_FUNCTION_NAME") == "ManagementKeysCreateFunction":
			status, body = 201, ` + "`" + `{"secret":"arxm_new"}` + "`" + `
		}
		answer, _ := json.Marshal(map[string]any{"statusCode": status, "headers": map[string]string{"content-type": "application/problem+json"}, "body": body})
		http.Post(api+res.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", strings.NewReader(string(answer)))
	}
}
`

const templateText = `
Parameters:
  TenantClaim: {Type: String, Default: ''}
  OidcIssuer: {Type: String, Default: ''}
  OidcJwksUrl: {Type: String, Default: ''}
  OidcClientIds: {Type: String, Default: ''}
  OidcAudience: {Type: String, Default: ''}
Globals:
  Function: {Runtime: provided.al2023, Handler: bootstrap, Architectures: [arm64], Timeout: 10, Environment: {Variables: {TENANT_CLAIM: !Ref TenantClaim}}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
  HttpApi: {Type: AWS::Serverless::HttpApi}
  ManagementKeysCreateFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: build/functions/managementkeys/create
      Events: {Route: {Type: HttpApi, Properties: {ApiId: !Ref HttpApi, Method: POST, Path: /v1/management-keys}}}
  MeFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: build/functions/me
      Events: {Route: {Type: HttpApi, Properties: {ApiId: !Ref HttpApi, Method: GET, Path: /v1/me}}}
`

var (
	root     string // a repository with two functions
	noEngine error
)

func TestMain(m *testing.M) {
	path, err := engine.Find("../../..")
	noEngine = err
	os.Setenv("DYNOXIDE", path)
	root, err = os.MkdirTemp("", "small")
	if err != nil {
		panic(err)
	}
	if err := writeRepository(root); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(root)
	os.Exit(code)
}

// writeRepository writes a repository with two functions.
func writeRepository(root string) error {
	for name, text := range map[string]string{
		"template.yaml": templateText, "go.mod": "module example.com/small\n\ngo 1.26\n", "go.sum": "", "shared/keep/keep.go": "package keep\n",
		"functions/build.flags":                   "-trimpath\n",
		"functions/managementkeys/create/main.go": function, "functions/me/main.go": function,
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// output collects what a stack prints.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}
func (o *output) String() string { o.mu.Lock(); defer o.mu.Unlock(); return o.text.String() }

// up starts a stack that is stopped with the test, and waits for its management key.
func up(t *testing.T, c Config) (*Stack, *output) {
	t.Helper()
	if noEngine != nil {
		t.Skip(noEngine)
	}
	out := &output{}
	c.Output = out
	if c.Root == "" {
		c.Root = root
	}
	if c.DataDir == "" {
		c.DataDir = t.TempDir()
	}
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	s.ManagementKey(t.Context())
	return s, out
}

// get requests the URL and returns status, body and headers. It does not follow redirects.
func get(t *testing.T, url string, change ...func(*http.Request)) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(req)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

func TestEverythingIsOnOneAddress(t *testing.T) {
	s, out := up(t, Config{})
	if status, body, _ := get(t, s.URL()+"/v1/me?secret=1"); status != 200 || body != `{"role":"owner","tenant":"tenant"}` {
		t.Errorf("/v1/me: %d %s", status, body)
	}
	get(t, s.URL()+"/v1/me")
	if status, body, _ := get(t, s.URL()+"/v1/none"); status != 404 || body != `{"message":"Not Found"}` {
		t.Errorf("/v1/none: %d %s", status, body)
	}
	if status, body, _ := get(t, s.URL()+"/config.json"); status != 200 || !strings.Contains(body, `"issuer":"`+s.URL()+`/oidc"`) {
		t.Errorf("/config.json: %d %s", status, body)
	}
	if status, body, _ := get(t, s.URL()+"/oidc/.well-known/jwks.json"); status != 200 || !strings.Contains(body, `"keys"`) {
		t.Errorf("the keys: %d %s", status, body)
	}
	if status, _, header := get(t, s.URL()+"/keys"); status != 404 || header.Get("Content-Security-Policy") == "" {
		t.Errorf("a console that is not built: %d %v", status, header)
	}
	if log := out.String(); !strings.Contains(log, "GET    /v1/me 200 ") || !strings.Contains(log, " me cold\n") || !strings.Contains(log, " me warm\n") || strings.Contains(log, "secret=1") {
		t.Errorf("the log is:\n%s", log)
	}
}

func TestOnlyNamesOfThisMachineAreServed(t *testing.T) {
	s, _ := up(t, Config{})
	host := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Host = fmt.Sprintf("%s:%d", name, s.Port()) }
	}
	if status, _, _ := get(t, s.URL()+"/v1/me", host("keys.example")); status != http.StatusMisdirectedRequest {
		t.Errorf("a foreign name returns %d", status)
	}
	if status, _, header := get(t, s.URL()+"/keys?q=1", host("localhost")); status != http.StatusTemporaryRedirect || header.Get("Location") != s.URL()+"/keys?q=1" {
		t.Errorf("localhost returns %d to %s", status, header.Get("Location"))
	}
	if status, _, _ := get(t, s.URL()+"/v1/me", host("localhost")); status != 200 {
		t.Errorf("the API on localhost returns %d", status)
	}
}

func TestPagesOfOtherOriginsAreRefused(t *testing.T) {
	s, _ := up(t, Config{})
	with := func(header ...string) func(*http.Request) {
		return func(r *http.Request) {
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
		}
	}
	const site, mode, dest = "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"
	for _, c := range []struct {
		name, path string
		header     func(*http.Request)
		want       int
	}{
		{"a script", "/config.json", with(site, "cross-site", mode, "no-cors", dest, "script"), 403},
		{"a page of another port", "/config.json", with(site, "same-site", mode, "cors"), 403},
		{"an old browser", "/config.json", with("Origin", "https://evil.example"), 403},
		{"a frame", "/keys", with(site, "cross-site", mode, "navigate", dest, "iframe"), 403},
		{"a page, to the API", "/v1/me", with(site, "cross-site", mode, "no-cors"), 403},
		{"a link to the sign-in", "/oidc/authorize", with(site, "cross-site", mode, "navigate", dest, "document"), 403},
		{"the console", "/config.json", with(site, "same-origin", mode, "cors"), 200},
		{"the console, to the API", "/v1/me", with(site, "same-origin", mode, "cors"), 200},
		{"a typed address", "/config.json", with(site, "none", mode, "navigate", dest, "document"), 200},
		{"a link", "/config.json", with(site, "cross-site", mode, "navigate", dest, "document"), 200},
		{"the API reference", "/reference/redoc.js", with(site, "cross-site", mode, "cors", "Origin", "null"), 404},
		{"a program that sends an Origin", "/v1/me", with("Origin", "https://shop.example"), 200},
	} {
		readable := ""
		if strings.HasPrefix(c.path, "/reference/") { // its page has no origin
			readable = "*"
		}
		if status, _, header := get(t, s.URL()+c.path, c.header); status != c.want || header.Get("Access-Control-Allow-Origin") != readable {
			t.Errorf("%s: %d, want %d, readable by %q", c.name, status, c.want, header.Get("Access-Control-Allow-Origin"))
		}
	}
}

func TestStackRestartsOnTheSamePortAndData(t *testing.T) {
	s, _ := up(t, Config{})
	first, err := s.ManagementKey(t.Context())
	if err != nil || first != "arxm_new" {
		t.Fatalf("the key is %q, %v", first, err)
	}
	file := filepath.Join(s.DataDir(), KeyFile)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file is %v, %v", info, err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "arxm_new\n" {
		t.Errorf("the key file contains %q, %v", text, err)
	}
	s.Stop()
	if _, err := net.DialTimeout("tcp", strings.TrimPrefix(s.URL(), "http://"), time.Second); err == nil {
		t.Error("the port responds after Stop")
	}
	again, out := up(t, Config{Port: s.Port(), DataDir: s.DataDir()})
	if again.URL() != s.URL() {
		t.Errorf("the address was %s and is %s", s.URL(), again.URL())
	}
	if log := out.String(); strings.Contains(log, "POST") {
		t.Errorf("another key was created:\n%s", log)
	}
}

func TestManagementKeyIsReplacedOnlyIfItIsRefused(t *testing.T) {
	for _, c := range []struct{ key, want string }{{"refused", "arxm_new\n"}, {"down", "down\n"}, {"works", "works\n"}, {"", "arxm_new\n"}} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, KeyFile), []byte(c.key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, _ := up(t, Config{DataDir: dir})
		if text, err := os.ReadFile(filepath.Join(dir, KeyFile)); err != nil || string(text) != c.want {
			t.Errorf("the key %q became %q, %v", c.key, text, err)
		}
		s.Stop()
	}
}

func TestSecondInstanceOnTheSameDataOrPortIsRefusedAndLeavesTheFirstAlone(t *testing.T) {
	s, _ := up(t, Config{})
	if _, err := Start(t.Context(), Config{Root: root, DataDir: s.DataDir()}); err == nil || !strings.Contains(err.Error(), "another instance uses "+s.DataDir()) {
		t.Errorf("on the same data the error is %v", err)
	}
	if _, err := Start(t.Context(), Config{Root: root, DataDir: t.TempDir(), Port: s.Port()}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d is in use", s.Port())) {
		t.Errorf("on the same port the error is %v", err)
	}
	if status, _, _ := get(t, s.URL()+"/v1/me"); status != 200 {
		t.Errorf("the first returns %d", status)
	}
}

func TestRefusedPortLeavesNoFolderBehind(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := Start(t.Context(), Config{Root: root, DataDir: dir, Port: taken.Addr().(*net.TCPAddr).Port}); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder exists: %v", err)
	}
}

func TestErrorForAnUnusableDataFolderSaysWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "data")} {
		_, err := Start(t.Context(), Config{Root: root, DataDir: dir})
		if err == nil || !strings.HasPrefix(err.Error(), "DATA_DIR "+dir+" cannot be used: ") || !strings.HasSuffix(err.Error(), ": use another folder: DATA_DIR=~/arxkeys make run") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestErrorForAMissingKeyNamesTheFailedFunction(t *testing.T) {
	for key, function := range map[string]string{"": "managementkeys/create", "arxm_old": "me"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, KeyFile), []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, out := up(t, Config{DataDir: dir, Parameters: map[string]string{"TenantClaim": "broken"}})
		_, err := s.ManagementKey(t.Context())
		if want := "the function " + function + " failed; the line above says why"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %s", err, want)
		}
		s.Stop()
		if text := out.String(); !strings.Contains(text, "no management key for scripts: the function "+function) || strings.Contains(strings.ToLower(text), "try again") || !strings.Contains(text, " 500 ") {
			t.Errorf("the output is:\n%s", text)
		}
	}
}

func TestBrokenTemplateIsAnErrorAndLeavesNothingBehind(t *testing.T) {
	broken := t.TempDir()
	data := t.TempDir()
	for _, c := range []struct{ old, new, want string }{
		{"!Ref TenantClaim", "!Ref Nobody", "template.yaml:9: !Ref Nobody has no value"},
		{"CodeUri: build/functions/me", "CodeUri: elsewhere/me", "the CodeUri of MeFunction is elsewhere/me"},
		{"HttpApi: {Type: AWS::Serverless::HttpApi}", "HttpApi: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {Ask: {FunctionArn: !GetAtt MeFunction.Arn, AuthorizerPayloadFormatVersion: '1.0'}}}}}", "the authorizer Ask needs AuthorizerPayloadFormatVersion: '2.0' and EnableSimpleResponses: true"},
		{"HttpApi: {Type: AWS::Serverless::HttpApi}", "HttpApi: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {Ask: {FunctionArn: !GetAtt MeFunction.Arn, AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, Identity: {ReauthorizeEvery: 30}}}}}}", "cached without an identity source"},
	} {
		if err := os.WriteFile(filepath.Join(broken, templateFile), []byte(strings.ReplaceAll(templateText, c.old, c.new)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Start(t.Context(), Config{Root: broken, DataDir: data}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want %s", err, c.want)
		}
	}
	up(t, Config{DataDir: data}) // the lock is free
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Config{Root: root, DataDir: t.TempDir()}); err == nil {
		t.Error("there is no error")
	}
}

func TestUnexpectedEndOfTheEngineIsReported(t *testing.T) {
	s, _ := up(t, Config{})
	s.Engine().Kill()
	select {
	case err := <-s.Failed():
		if !strings.Contains(err.Error(), "the engine has ended") {
			t.Errorf("the error is %v", err)
		}
	case <-t.Context().Done():
		t.Fatal("nothing was reported")
	}
}
