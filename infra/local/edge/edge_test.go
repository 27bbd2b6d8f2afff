package edge

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// folder returns a folder with a small console. The content of each file names its encoding.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "console")
	for name, text := range map[string]string{
		"index.html": "home", "sw.js": "worker", "web/app.0123456789.wasm": "program", "web/app.0123456789.wasm.br": "brotli",
		"web/app.0123456789.wasm.gz": "gzip", "web/icons.svg": "<svg/>", "reference/index.html": "reference", "../secret.txt": "secret",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestConsoleURLsReturnThePageAndFilesReturnThemselves(t *testing.T) {
	h := Handler(folder(t))
	for _, c := range []struct {
		path   string
		status int
		body   string
		kind   string
		cache  string
	}{
		{"/", 200, "home", "text/html; charset=utf-8", "no-cache"},
		{"/keys/key_1", 200, "home", "text/html; charset=utf-8", "no-cache"},
		{"/callback?code=1", 200, "home", "text/html; charset=utf-8", "no-cache"},
		{"/index.html", 200, "home", "text/html; charset=utf-8", "no-cache"},
		{"/sw.js", 200, "worker", "text/javascript; charset=utf-8", "no-cache"},
		{"/web/icons.svg", 200, "<svg/>", "image/svg+xml", "no-cache"},
		{"/web/app.0123456789.wasm", 200, "program", "application/wasm", "public, max-age=31536000, immutable"},
		{"/reference/", 200, "reference", "text/html; charset=utf-8", "no-cache"},
		{"/reference/redoc.js", 404, "There is no such file.\n", "text/plain; charset=utf-8", ""},
		{"/web/app.wasm", 404, "There is no such file.\n", "text/plain; charset=utf-8", ""},
		{"/../secret.txt", 404, "There is no such file.\n", "text/plain; charset=utf-8", ""},
		{"/web/%2e%2e/%2e%2e/secret.txt", 404, "There is no such file.\n", "text/plain; charset=utf-8", ""},
		{"/web/app.0123456789.wasm.br", 404, "There is no such file.\n", "text/plain; charset=utf-8", ""},
	} {
		w := get(h, c.path)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Content-Type") != c.kind || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q %v", c.path, w.Code, w.Body, w.Header())
		}
		want := hosting.Headers()
		if hosting.Reference(c.path) {
			want = hosting.ReferenceHeaders()
		}
		for name, want := range want {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s has the header %s: %q, want %q", c.path, name, got, want)
			}
		}
	}
}

func TestBestAvailableEncodingIsSent(t *testing.T) {
	h := Handler(folder(t))
	for _, c := range []struct{ accept, body, encoding string }{
		{"gzip, deflate, br", "brotli", "br"},
		{"gzip", "gzip", "gzip"},
		{"br;q=0, gzip;q=0.5", "gzip", "gzip"},
		{"identity", "program", ""},
		{"", "program", ""},
	} {
		w := get(h, "/web/app.0123456789.wasm", "Accept-Encoding", c.accept)
		if w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding || w.Header().Get("Content-Type") != "application/wasm" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %q %v", c.accept, w.Body, w.Header())
		}
	}
	if w := get(h, "/", "Accept-Encoding", "br"); w.Body.String() != "home" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a file without encodings: %q %v", w.Body, w.Header())
	}
}

func TestCachedFileIsNotSentAgain(t *testing.T) {
	h := Handler(folder(t))
	tag := get(h, "/").Header().Get("ETag")
	if w := get(h, "/", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("the response is %d %q", w.Code, w.Body)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	w := httptest.NewRecorder()
	Handler(folder(t)).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("the status is %d", w.Code)
	}
}

func TestMissingConsoleIsReported(t *testing.T) {
	if w := get(Handler(filepath.Join(t.TempDir(), "none")), "/"); w.Code != 404 || !strings.Contains(w.Body.String(), "not built") {
		t.Errorf("the response is %d %q", w.Code, w.Body)
	}
}
