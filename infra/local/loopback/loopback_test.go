package loopback_test

import (
	"net/http"
	"testing"

	"github.com/arxkeys/arxkeys/infra/local/loopback"
)

func TestPagesOfOtherOriginsAreRecognised(t *testing.T) {
	type header = map[string]string
	for _, c := range []struct {
		name          string
		method        string
		header        header
		browser, page bool // FromBrowser, FromOtherOrigin
		visit         bool
	}{
		{"curl", "POST", header{}, false, false, false},
		{"a typed address", "GET", header{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true, false, true},
		{"the same origin, GET", "GET", header{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, true, false, false},
		{"the same origin, POST", "POST", header{"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}, true, false, false},
		{"the same origin, by an old browser", "POST", header{"Origin": "http://127.0.0.1:8080"}, true, false, false},
		{"the same origin, without a referrer", "POST", header{"Origin": "null", "Sec-Fetch-Site": "same-origin"}, true, false, false},
		{"a link elsewhere", "GET", header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true, true, true},
		{"a link on another port", "GET", header{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true, true, true},
		{"a frame elsewhere", "GET", header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, true, true, false},
		{"an image elsewhere", "GET", header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, true, true, false},
		{"a form elsewhere", "POST", header{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true, true, false},
		{"a form of a sandboxed frame", "POST", header{"Origin": "null"}, true, true, false},
		{"another port", "POST", header{"Origin": "http://127.0.0.1:9090", "Sec-Fetch-Site": "same-site"}, true, true, false},
		{"another scheme", "POST", header{"Origin": "https://127.0.0.1:8080"}, true, true, false},
		{"a preflight", "OPTIONS", header{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}, true, true, false},
		{"an empty Origin", "POST", header{"Origin": ""}, true, true, false},
	} {
		r, err := http.NewRequest(c.method, "http://127.0.0.1:8080/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		if browser, page, visit := loopback.FromBrowser(r), loopback.FromOtherOrigin(r), loopback.IsVisit(r); browser != c.browser || page != c.page || visit != c.visit {
			t.Errorf("%s: browser %t, page of another origin %t, visit %t; want %t, %t, %t", c.name, browser, page, visit, c.browser, c.page, c.visit)
		}
	}
}

func TestOnlyNamesOfThisMachineAreAccepted(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8080": true, "localhost:1": true, "host.docker.internal:8000": true,
		"": false, "evil.example": false, "evil.example:8080": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false, "[::1]:8080": false, "127.0.0.2": false, "10.0.0.1:80": false,
	} {
		if got := loopback.IsHost(&http.Request{Host: host}, "host.docker.internal"); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
	if loopback.IsHost(&http.Request{Host: "host.docker.internal:8000"}) {
		t.Error("another name that was not given is accepted")
	}
}
