package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/infra/local/process"
)

// distributionOf serves the bucket as the template tells the distribution, and returns its address.
func distributionOf(t *testing.T, bucket string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "edge")
	build := exec.Command("go", "build", "-o", binary, "./infra/edge")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "-port", "0", "-bucket", moto+"/"+bucket, "-template", filepath.Join(repository, "template.yaml"))
	printed, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(printed).ReadString('\n')
	_, at, ok := strings.Cut(strings.TrimSpace(line), "the edge is at ")
	if err != nil || !ok {
		t.Fatalf("%q: %v", line, err)
	}
	return at
}

func TestDistributionServesWhatWasUploaded(t *testing.T) {
	w := newWorld(t, "served")
	w.must("up")
	at := distributionOf(t, w.deployed()["ConsoleBucket"])
	const forever = "public, max-age=31536000, immutable"
	page := "<script src=/" + program(0) + ">"
	for _, c := range []struct {
		path, accept             string
		status                   int
		body, kind, coding, keep string
	}{
		{"/", "gzip, deflate, br", 200, "br of " + page, "text/html; charset=utf-8", "br", "no-cache"},
		{"/keys/key_1", "gzip", 200, "gzip of " + page, "text/html; charset=utf-8", "gzip", "no-cache"},
		{"/applications", "", 200, page, "text/html; charset=utf-8", "", "no-cache"},
		{"/" + program(0), "br", 200, "br of program 0", "application/wasm", "br", forever},
		{"/" + program(0), "gzip;q=0.5, br;q=0", 200, "gzip of program 0", "application/wasm", "gzip", forever},
		{"/" + program(0), "", 200, "program 0", "application/wasm", "", forever},
		{"/sw.js", "br", 200, "br of const shell = 0", "text/javascript; charset=utf-8", "br", "no-cache"},
		{"/web/icon-192.png", "br", 200, "png", "image/png", "", "no-cache"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", c.accept)
		res, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		h := res.Header
		if res.StatusCode != c.status || string(body) != c.body || h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.keep {
			t.Errorf("%s, accepting %q: %d %q %v", c.path, c.accept, res.StatusCode, body, h)
		}
	}
	res, err := http.Get(at + "/web/app.9999999999.wasm")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("a missing file: %d", res.StatusCode)
	}
	res, err = http.Get(at + "/config.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var config map[string]string
	if err := json.NewDecoder(res.Body).Decode(&config); err != nil || config["client_id"] == "" || res.Header.Get("Content-Type") != "application/json" || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%v: %v %v", err, config, res.Header)
	}
}
