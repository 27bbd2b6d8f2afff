package lambda

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRuntimeAPIServesOnlyItsProcess(t *testing.T) {
	f := start(t)
	env, _ := do(t, f, "env")
	var api string
	for line := range strings.SplitSeq(env.Env, "\n") {
		if value, ok := strings.CutPrefix(line, "AWS_LAMBDA_RUNTIME_API="); ok {
			api = "http://" + value
		}
	}
	known, err := url.Parse(api)
	if err != nil || len(known.Path) < 20 {
		t.Fatalf("the Runtime API is at %q, %v", api, err)
	}
	eventually(t, "it asks for the next event", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.idle) == 1
	})
	base := known.Scheme + "://" + known.Host
	const next, answer = "/2018-06-01/runtime/invocation/next", "/2018-06-01/runtime/invocation/x/response"
	for _, c := range []struct {
		name, method, address string
		change                func(*http.Request)
	}{
		{"the next event, without the secret", "GET", base + next, nil},
		{"an answer, without the secret", "POST", base + answer, nil},
		{"another secret", "GET", base + known.Path[:len(known.Path)-1] + "x" + next, nil},
		{"an empty secret", "GET", base + "/" + next, nil},
		{"the start page", "GET", base + "/", nil},
		{"a name that resolves to this machine", "GET", api + next, func(r *http.Request) { r.Host = "evil.example:" + known.Port() }},
		{"a page", "POST", api + answer, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		{"a page's preflight", "OPTIONS", api + answer, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		{"a page's image", "GET", api + next, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.change != nil {
			c.change(r)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %s, readable by %q", c.name, res.Status, res.Header.Get("Access-Control-Allow-Origin"))
		}
	}
	if again, _ := do(t, f, "env"); again.PID != env.PID || again.Count != 2 {
		t.Errorf("the process was disturbed: process %d returned its invocation %d", again.PID, again.Count)
	}
}
