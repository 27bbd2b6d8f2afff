package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/console/hosting"
)

const (
	theSecret   = "the-secret-0123456789abcdef0123456789"
	theTokenURL = "https://id.example:8443/oauth2/token"
)

// world is an edge in front of a bucket and of an API that answers as the test wants.
type world struct {
	t     *testing.T
	edge  *edge
	url   string
	api   http.HandlerFunc // nil means: 200 without a body
	calls []*http.Request  // that reached the API
	now   time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)}
	site := t.TempDir()
	for name, text := range map[string]string{"index.html": "page", "sw.js": "worker", "reference/index.html": "reference", "reference/redoc.0123456789.js": "redoc", "web/app.0123456789.wasm": "program", "web/icons.svg": "icons"} {
		for suffix, encoding := range map[string]string{"": "", ".br": " in br", ".gz": " in gzip"} {
			file := filepath.Join(site, name+suffix)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text+encoding), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	objects, err := newBucket(site, []byte(`{"issuer": "x"}`))
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		w.calls = append(w.calls, r)
		if w.api != nil {
			w.api(rw, r)
		}
	}))
	t.Cleanup(api.Close)
	bucket := httptest.NewServer(objects)
	t.Cleanup(bucket.Close)
	origins := map[string]*url.URL{}
	for domain, at := range map[string]string{bucketDomain: bucket.URL, apiDomain: api.URL} {
		if origins[domain], err = url.Parse(at); err != nil {
			t.Fatal(err)
		}
	}
	d := theDistribution(t, map[string]string{"EdgeSecret": theSecret, "OidcIssuer": "https://id.example", "OidcTokenUrl": theTokenURL})
	w.edge = newEdge(d, theRuntime(t), origins, "")
	w.edge.cache.now = func() time.Time { return w.now }
	w.edge.log = func(line string) { t.Log(line) }
	server := httptest.NewServer(w.edge)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// send returns the response and its body, and the request of the API that it caused, if any.
func (w *world) send(method, path, body string, headers ...string) (*http.Response, string, *http.Request) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w.calls = nil
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(w.calls) > 1 {
		w.t.Errorf("%s %s reached the API %d times", method, path, len(w.calls))
	}
	if len(w.calls) == 1 {
		return res, string(text), w.calls[0]
	}
	return res, string(text), nil
}

func TestConsoleIsServedFromTheBucket(t *testing.T) {
	w := newWorld(t)
	const forever = "public, max-age=31536000, immutable"
	for _, c := range []struct {
		path, accept             string
		status                   int
		body, kind, coding, keep string
	}{
		{"/", "", 200, "page", "text/html; charset=utf-8", "", "no-cache"},
		{"/keys/key_1", "gzip, deflate, br", 200, "page in br", "text/html; charset=utf-8", "br", "no-cache"},
		{"/callback?code=1&state=2", "gzip", 200, "page in gzip", "text/html; charset=utf-8", "gzip", "no-cache"},
		{"/reference/", "br", 200, "reference in br", "text/html; charset=utf-8", "br", "no-cache"},
		{"/reference/redoc.0123456789.js", "br", 200, "redoc in br", "text/javascript; charset=utf-8", "br", forever},
		{"/sw.js", "br", 200, "worker in br", "text/javascript; charset=utf-8", "br", "no-cache"},
		{"/web/app.0123456789.wasm", "", 200, "program", "application/wasm", "", forever},
		{"/web/app.0123456789.wasm", "gzip, deflate, br, zstd", 200, "program in br", "application/wasm", "br", forever},
		{"/web/app.0123456789.wasm", "gzip", 200, "program in gzip", "application/wasm", "gzip", forever},
		{"/web/app.0123456789.wasm", "br;q=0, gzip;q=0", 200, "program", "application/wasm", "", forever},
		{"/web/icons.svg", "br", 200, "icons in br", "image/svg+xml", "br", "no-cache"},
		{"/config.json", "br", 200, `{"issuer": "x"}`, "application/json", "", "no-cache"},
		{"/web/app.9999999999.wasm", "br", 404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml", "", ""},
		{"/?list-type=2", "", 200, "page", "text/html; charset=utf-8", "", "no-cache"},
	} {
		res, body, call := w.send("GET", c.path, "", "Accept-Encoding", c.accept)
		h := res.Header
		if res.StatusCode != c.status || body != c.body || h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.keep || call != nil {
			t.Errorf("%s, accepting %q: %d %q %v", c.path, c.accept, res.StatusCode, body, h)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if res, _, call := w.send(method, "/", ""); res.StatusCode != 403 || call != nil {
			t.Errorf("%s: %d", method, res.StatusCode)
		}
	}
}

func TestOnlyFilesWithAHashAreCached(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/": "Miss", "/keys": "Miss", "/index.html": "Miss", "/sw.js": "Miss", "/config.json": "Miss", "/web/icons.svg": "Miss", "/web/none.js": "Miss",
		"/web/app.0123456789.wasm": "Hit",
	} {
		w.send("GET", path, "")
		if res, _, _ := w.send("GET", path, ""); !strings.HasPrefix(res.Header.Get("X-Cache"), want) {
			t.Errorf("%s the second time: %s", path, res.Header.Get("X-Cache"))
		}
	}
	res, _, _ := w.send("GET", "/", "")
	if again, body, _ := w.send("GET", "/", "", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 || body != "" {
		t.Errorf("the page that the client has: %d %q", again.StatusCode, body)
	}
}

func TestEveryResponseHasTheSecurityHeadersOfTheLaptop(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/", "/web/app.0123456789.wasm", "/web/none.js", "/config.json", "/v1/openapi.json", "/v1/keys", "/reference/", "/reference", "/reference/redoc.0123456789.js", "/reference/none.js",
	} {
		want := hosting.Headers("https://id.example:8443")
		want["Access-Control-Allow-Origin"] = ""
		if hosting.Reference(path) {
			want = hosting.ReferenceHeaders()
		}
		want["Strict-Transport-Security"] = hosting.StrictTransportSecurity
		res, _, _ := w.send("GET", path, "", "Origin", "null")
		got := map[string]string{}
		for name := range want {
			got[name] = res.Header.Get(name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestPolicyNamesTheSignInPageOfTheUserPool(t *testing.T) {
	d := theDistribution(t, nil)
	for id, h := range d.headers {
		if id == "ReferenceHeaders" {
			continue // it connects to nothing
		}
		if got, want := h.Security.Policy.Value, hosting.ContentSecurityPolicy("https://UserPoolDomain.auth.local.amazoncognito.com"); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}

func TestAPIReceivesTheRequestWithoutWhatTheEdgeKnowsBetter(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"} {
		body := `{"a": 1}`
		if method == "GET" || method == "HEAD" {
			body = ""
		}
		_, _, got := w.send(method, "/v1/keys/key%2F1?limit=5&q=a%20b&q=c", body,
			"Authorization", "Bearer arxm_1", "Content-Type", "application/json", "If-Match", `"1"`, "Idempotency-Key", "i-1", "Cookie", "a=1", "Origin", "https://shop.example",
			"X-Api-Key", "arxk_1", "X-Many", "1", "X-Many", "2", "Host", "ignored",
			"X-Arxkeys-Viewer-Address", "192.0.2.9", "X-Arxkeys-Viewer-Address", "192.0.2.10", "X-Arxkeys-Edge-Secret", "guess", "X-Forwarded-For", "192.0.2.9")
		if got == nil {
			t.Errorf("%s does not reach the API", method)
			continue
		}
		sent, _ := io.ReadAll(got.Body)
		if got.Method != method || got.RequestURI != "/v1/keys/key%2F1?limit=5&q=a%20b&q=c" || string(sent) != body {
			t.Errorf("%s became %s %s %q", method, got.Method, got.RequestURI, sent)
		}
		for name, want := range map[string]string{
			"Authorization": "Bearer arxm_1", "Content-Type": "application/json", "If-Match": `"1"`, "Idempotency-Key": "i-1", "Cookie": "a=1", "Origin": "https://shop.example",
			"X-Api-Key": "arxk_1", "X-Many": "1,2", "X-Arxkeys-Viewer-Address": "127.0.0.1", "X-Arxkeys-Edge-Secret": theSecret,
		} {
			if value := strings.Join(got.Header.Values(name), ","); value != want {
				t.Errorf("%s: %s is %q, want %q", method, name, value, want)
			}
		}
		if strings.HasPrefix(w.url, "http://"+got.Host) {
			t.Errorf("the API received the host of the edge, %s, which API Gateway refuses", got.Host)
		}
	}
}

func TestAPIIsNeverCachedAndItsErrorsAreItsOwn(t *testing.T) {
	w := newWorld(t)
	for _, status := range []int{200, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 429, 500, 501, 502, 503, 504} {
		for _, keep := range []string{"", "no-store", "max-age=60"} {
			if status == 200 && keep == "max-age=60" {
				keep = "private" // the API says no-store; nothing else is cached either
			}
			w.api = func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Content-Type", "application/problem+json")
				if keep != "" {
					rw.Header().Set("Cache-Control", keep)
				}
				rw.WriteHeader(status)
				io.WriteString(rw, `{"code": "for `+r.Header.Get("Authorization")+`"}`)
			}
			for _, caller := range []string{"one", "two"} {
				res, body, call := w.send("GET", "/v1/keys/key_"+strconv.Itoa(status)+"-"+keep, "", "Authorization", caller)
				if call == nil || res.StatusCode != status || body != `{"code": "for `+caller+`"}` || res.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%d with %q for %s: %d %s, reached the API %t", status, keep, caller, res.StatusCode, body, call != nil)
				}
			}
		}
	}
}

func TestDocumentIsKeptForAMinuteAndThenRevalidated(t *testing.T) {
	w := newWorld(t)
	version := "1"
	w.api = func(rw http.ResponseWriter, r *http.Request) {
		tag := `W/"` + version + `"`
		rw.Header().Set("ETag", tag)
		rw.Header().Set("Cache-Control", "no-cache")
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(304)
			return
		}
		io.WriteString(rw, "document "+version+" in "+r.Header.Get("Accept-Encoding"))
	}
	expect := func(reaches bool, want string, headers ...string) *http.Request {
		t.Helper()
		res, body, call := w.send("GET", "/v1/openapi.json", "", headers...)
		if res.StatusCode != 200 || body != want || (call != nil) != reaches {
			t.Errorf("%v: %d %q, reached the API: %t", headers, res.StatusCode, body, call != nil)
		}
		return call
	}
	expect(true, "document 1 in gzip", "Accept-Encoding", "gzip, br")
	expect(false, "document 1 in gzip", "Accept-Encoding", "gzip, br")
	expect(true, "document 1 in ")
	w.now = w.now.Add(59 * time.Second)
	version = "2"
	expect(false, "document 1 in ")
	w.now = w.now.Add(2 * time.Second)
	if call := expect(true, "document 2 in "); call != nil && call.Header.Get("If-None-Match") != `W/"1"` {
		t.Errorf("it is fetched again with %v", call.Header)
	}
	w.now = w.now.Add(61 * time.Second)
	if call := expect(true, "document 2 in "); call == nil || call.Header.Get("If-None-Match") != `W/"2"` {
		t.Error("it is not revalidated")
	}
	expect(false, "document 2 in ")
	if res, _, call := w.send("GET", "/v1/openapi.json", "", "If-None-Match", `W/"2"`); res.StatusCode != 304 || call != nil {
		t.Errorf("the client has it already: %d", res.StatusCode)
	}
}

// Otherwise a client could have an error kept for all others, or invoke the function with each request.
func TestNothingThatAClientChoosesReachesTheDocument(t *testing.T) {
	w := newWorld(t)
	_, _, call := w.send("GET", "/v1/openapi.json?surprise=1", "", "If-Match", `"1"`, "Authorization", "Bearer x", "Cookie", "a=1", "X-Arxkeys-Viewer-Address", "192.0.2.9", "User-Agent", "scanner")
	if call == nil || call.URL.RawQuery != "" {
		t.Fatalf("%+v", call)
	}
	for name := range call.Header {
		switch name {
		case "User-Agent", "Via", "X-Forwarded-For", "X-Arxkeys-Viewer-Address", "X-Arxkeys-Edge-Secret":
		default:
			t.Errorf("the API received %s", name)
		}
	}
	if call.Header.Get("X-Arxkeys-Viewer-Address") != "127.0.0.1" || call.Header.Get("User-Agent") == "scanner" {
		t.Errorf("the API received %v", call.Header)
	}
	if _, _, again := w.send("GET", "/v1/openapi.json?surprise=2", ""); again != nil {
		t.Error("another query reaches the API again")
	}
	w.now = w.now.Add(time.Hour)
	w.api = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(503) }
	for range 2 {
		if res, _, call := w.send("GET", "/v1/openapi.json", "", "Accept-Encoding", "gzip"); res.StatusCode != 503 || call == nil {
			t.Errorf("an error is kept: %d", res.StatusCode)
		}
	}
}

func TestFailedFunctionIsABadGateway(t *testing.T) {
	w := newWorld(t)
	w.edge.distribution.functions["ConsoleRequest.FunctionARN"] = "function handler(event) { throw new Error('x'); }"
	if res, _, _ := w.send("GET", "/", ""); res.StatusCode != 502 {
		t.Errorf("%d", res.StatusCode)
	}
}
