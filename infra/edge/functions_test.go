package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/console/hosting"
)

const templateFile = "../../template.yaml"

func theDistribution(t *testing.T, parameters map[string]string) *distribution {
	t.Helper()
	d, err := readDistribution(templateFile, parameters)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func theRuntime(t *testing.T) *runtime {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("CloudFront Functions are tested with node: install Node.js 20 or later")
	}
	r, err := startRuntime(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	return r
}

// viewing returns the event of a GET request.
func viewing(uri string, headers map[string]value) event {
	e := event{Version: "1.0", Context: map[string]string{"eventType": "viewer-request"}}
	e.Viewer.IP = "203.0.113.7"
	e.Request = eventRequest{Method: "GET", URI: uri, Query: map[string]value{}, Headers: headers, Cookies: map[string]value{}}
	return e
}

// The function of the distribution and package hosting, which the laptop uses, choose the same file.
func TestFunctionChoosesTheFileAsTheLaptopDoes(t *testing.T) {
	code, r := theDistribution(t, nil).functions["ConsoleRequest.FunctionARN"], theRuntime(t)
	files := []string{
		"/", "/reference/", "/reference", "/reference/x", "/reference/redoc.0123456789.js", "/keys/reference", "/keys", "/keys/key_1", "/keys/a.b/c", "/callback", "/web/", "/web/icons.svg/", "//", "/v1", "/index.html", "/sw.js", "/manifest.webmanifest",
		"/config.json", "/web/app.0123456789.wasm", "/web/tokens.0123456789.css", "/web/boot.0123456789.js", "/web/icons.svg", "/web/icon-192.png", "/a.", "/.env", "/a.html/",
		"/web/app.0123456789.wasm.br", "/web/%2e%2e/secret.txt", "/a.WASM", "/x.wasmx",
	}
	accepted := []string{
		"", "identity", "*", "gzip", "br", "gzip, deflate, br, zstd", "GZIP;q=1.0,Br", "br;q=0, gzip;q=0.5", "br;q=0.0,gzip;q=0", "br;q=x", "br;q=", "br ; q=0.1", "brotli, xgzip",
		"br;level=3", "gzip;q=0,br;q=0", ";,;", "q=1", "br;q=1;x",
	}
	compressed := 0
	for _, file := range files {
		for _, accept := range accepted {
			headers := map[string]value{}
			if accept != "" {
				headers["accept-encoding"] = value{Value: accept}
			}
			want := "/" + hosting.File(file)
			if encodings := hosting.Accepted(accept); hosting.Precompressed(want) && len(encodings) > 0 {
				want += encodings[0].Suffix
				compressed++
			}
			got, err := r.call(code, viewing(file, headers))
			if err != nil || got.URI != want {
				t.Errorf("%s with %q: %q, want %q: %v", file, accept, got.URI, want, err)
			}
			if diff := cmp.Diff(headers, got.Headers); diff != "" {
				t.Errorf("%s: the headers (-want +got):\n%s", file, diff)
			}
		}
	}
	if compressed == 0 {
		t.Error("no file is compressed")
	}
}

func TestFunctionOverwritesTheAddressThatTheClientSent(t *testing.T) {
	code, r := theDistribution(t, nil).functions["ApiRequest.FunctionARN"], theRuntime(t)
	for _, headers := range []map[string]value{
		{},
		{"x-arxkeys-viewer-address": {Value: "192.0.2.9"}},
		{"x-arxkeys-viewer-address": {Value: "192.0.2.9", Values: []value{{Value: "192.0.2.9"}, {Value: "192.0.2.10"}}}, "authorization": {Value: "Bearer x"}},
	} {
		got, err := r.call(code, viewing("/v1/keys/key_1", headers))
		if err != nil {
			t.Fatal(err)
		}
		headers["x-arxkeys-viewer-address"] = value{Value: "203.0.113.7"}
		if diff := cmp.Diff(headers, got.Headers); diff != "" || got.URI != "/v1/keys/key_1" {
			t.Errorf("%s (-want +got):\n%s", got.URI, diff)
		}
	}
}

// newer matches the syntax that cloudfront-js-2.0 does not have, although Node.js does.
var newer = regexp.MustCompile(`\bclass\b|\bimport\b|\bexport\b|\brequire\b|\bfor\s*\([^;]*\bof\b|\?\.|\?\?|\.\.\.|\b(let|const|var)\s*[\[{]|\*\*=|\basync\s*\(|\bBigInt\b|#\w+\s*[=(;]`)

func TestFunctionsAreWithinCloudFrontsLimits(t *testing.T) {
	d := theDistribution(t, nil)
	if len(d.functions) != 2 {
		t.Errorf("there are %d functions", len(d.functions))
	}
	for name, code := range d.functions {
		if bad := newer.FindString(code); bad != "" || len(code) > 10<<10 {
			t.Errorf("%s has %d bytes, and %q, which the runtime does not support", name, len(code), bad)
		}
	}
	for _, code := range []string{"for (const a of b) {}", "const {a} = b", "a?.b", "f(...x)", "class A {}", "require('x')", "let [a] = b", "a ?? b"} {
		if !newer.MatchString(code) {
			t.Errorf("%s is not found", code)
		}
	}
}

func TestFunctionsSeeNothingOfNode(t *testing.T) {
	r := theRuntime(t)
	for _, code := range []string{
		"function handler(event) { return require('fs'); }",
		"function handler(event) { return process.env; }",
		"function handler(event) { return eval('1'); }",
		"function handler(event) { x = 1; return event.request; }",
		"function handler(event) { return null; }",
		"function handler(event) { event.request.method = 'POST'; return event.request; }",
	} {
		if got, err := r.call(code, viewing("/", map[string]value{})); err == nil {
			t.Errorf("%s: %+v", code, got)
		}
	}
	if _, err := r.call("function handler(event) { return event.request; }", viewing("/", map[string]value{})); err != nil {
		t.Error("it does not survive a failed function: " + err.Error())
	}
}

func TestPatternsMatchWholePaths(t *testing.T) {
	for pattern, paths := range map[string]string{"/v1/*": "/v1/ /v1/keys /v1/keys/a/b /v1/openapi.json", "/v1/openapi.json": "/v1/openapi.json", "/a?c": "/abc /a.c"} {
		for _, path := range []string{"/", "/v1", "/v1/", "/v1/keys", "/v1/keys/a/b", "/v1/openapi.json", "/x/v1/", "/abc", "/a.c", "/ac"} {
			if want := strings.Contains(" "+paths+" ", " "+path+" "); matches(pattern, path) != want {
				t.Errorf("%s matches %s: %t", pattern, path, !want)
			}
		}
	}
}
