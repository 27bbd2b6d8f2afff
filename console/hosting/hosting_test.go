package hosting

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFileOfAURL(t *testing.T) {
	for path, want := range map[string]string{
		"/": Page, "/keys": Page, "/keys/key_1": Page, "/keys/a.b/c": Page, "/callback": Page, "/web/": Page, "/web/icons.svg/": Page,
		"/index.html": Page, "/sw.js": "sw.js", "/web/app.0123456789.wasm": "web/app.0123456789.wasm", "/a.": "a.", "/config.json": Config,
		"/reference/": ReferencePage, "/reference": ReferencePage, "/reference/keys": ReferencePage, "/reference/boot.0123456789.js": "reference/boot.0123456789.js",
		"/keys/reference": Page, "/Reference/": Page,
	} {
		if got := File(path); got != want {
			t.Errorf("%s returns %s, want %s", path, got, want)
		}
	}
}

func TestAcceptedEncodings(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "identity": "", "*": "", "gzip, deflate, br, zstd": "br gzip", "gzip": "gzip", "GZIP;q=1.0,Br": "br gzip",
		"br;q=0, gzip;q=0.5": "gzip", "br;q=0.0,gzip;q=0": "", "br;q=x": "", "brotli, xgzip": "", "br ; q=0.1": "br",
	} {
		var names []string
		for _, e := range Accepted(header) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q accepts %q, want %q", header, got, want)
		}
	}
}

// folder returns a folder with empty files of these names.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestObjectsHaveTheirHeadersAndThePagesComeLast(t *testing.T) {
	const forever = "public, max-age=31536000, immutable"
	names := []string{"web/x.png"}
	for _, name := range []string{"index.html", "manifest.webmanifest", "reference/index.html", "reference/redoc.0123456789.js", "sw.js", "web/app.0123456789.wasm"} {
		names = append(names, name, name+".br", name+".gz")
	}
	got, err := Objects(folder(t, names...))
	if err != nil {
		t.Fatal(err)
	}
	want := []Object{
		{"manifest.webmanifest", "application/manifest+json", "", "no-cache"},
		{"manifest.webmanifest.br", "application/manifest+json", "br", "no-cache"},
		{"manifest.webmanifest.gz", "application/manifest+json", "gzip", "no-cache"},
		{"reference/redoc.0123456789.js", "text/javascript; charset=utf-8", "", forever},
		{"reference/redoc.0123456789.js.br", "text/javascript; charset=utf-8", "br", forever},
		{"reference/redoc.0123456789.js.gz", "text/javascript; charset=utf-8", "gzip", forever},
		{"web/app.0123456789.wasm", "application/wasm", "", forever},
		{"web/app.0123456789.wasm.br", "application/wasm", "br", forever},
		{"web/app.0123456789.wasm.gz", "application/wasm", "gzip", forever},
		{"web/x.png", "image/png", "", "no-cache"},
		{"reference/index.html", "text/html; charset=utf-8", "", "no-cache"},
		{"reference/index.html.br", "text/html; charset=utf-8", "br", "no-cache"},
		{"reference/index.html.gz", "text/html; charset=utf-8", "gzip", "no-cache"},
		{"index.html", "text/html; charset=utf-8", "", "no-cache"},
		{"index.html.br", "text/html; charset=utf-8", "br", "no-cache"},
		{"index.html.gz", "text/html; charset=utf-8", "gzip", "no-cache"},
		{"sw.js", "text/javascript; charset=utf-8", "", "no-cache"},
		{"sw.js.br", "text/javascript; charset=utf-8", "br", "no-cache"},
		{"sw.js.gz", "text/javascript; charset=utf-8", "gzip", "no-cache"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the objects (-want +got):\n%s", diff)
	}
	if o, ok := NewObject(Config); !ok || o.ContentType != "application/json" || o.CacheControl != "no-cache" {
		t.Errorf("the configuration is %+v", o)
	}
}

func TestFoldersThatCannotBeServedAreRefused(t *testing.T) {
	for missing, names := range map[string][]string{
		"README": {"README"}, "a.exe": {"a.exe"}, ".DS_Store": {".DS_Store"}, "b.br": {"b.br"},
		"index.html.gz": {"index.html", "index.html.br"}, "web/a.wasm.br": {"web/a.wasm"},
	} {
		if _, err := Objects(folder(t, names...)); err == nil || !strings.HasPrefix(err.Error(), missing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	if _, err := Objects(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing folder has objects")
	}
}

func TestPolicyNamesOnlyTheGivenOrigins(t *testing.T) {
	if got := ContentSecurityPolicy(); !strings.Contains(got, "; connect-src 'self'; ") {
		t.Error(got)
	}
	if got := Headers("https://a.example", "https://b.example")["Content-Security-Policy"]; !strings.Contains(got, "; connect-src 'self' https://a.example https://b.example; ") {
		t.Error(got)
	}
}
