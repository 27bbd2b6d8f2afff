package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/signin"
)

func TestErrorForAnUnknownPersonIsNextToTheField(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, request := l.page()
	for email, words := range map[string]string{
		"":                               "Enter an address",
		"nobody@example.com":             "No user has this address",
		`"><script>alert(1)</script>`:    "No user has this address",
		"owner@example.com,admin@e":      "No user has this address",
		"6f1c2f0e-3a55-4c1b-9d8e-0f6a1b": "No user has this address",
	} {
		a := l.ask(http.MethodPost, address, url.Values{"request": {request}, "email": {email}}, nil)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, words) || !strings.Contains(a.body, `aria-describedby="email-error"`) {
			t.Errorf("%q: %d: %s", email, a.status, a.body)
		}
		if strings.Contains(a.body, "<script>") {
			t.Errorf("%q is on the page without escaping", email)
		}
	}
	a := l.ask(http.MethodPost, address, url.Values{"request": {request}, "email": {" Owner@Example.com "}}, nil)
	if a.status != http.StatusSeeOther {
		t.Errorf("then the right one: %d", a.status)
	}
}

func TestPageWithoutARequestLinksToTheStart(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, old := l.page()
	l.advance(10 * time.Minute)
	for _, request := range []string{"", "unknown", old} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			form := url.Values{"request": {request}, "email": {"owner@example.com"}}
			a := l.ask(method, address+"?"+url.Values{"request": {request}}.Encode(), form, nil)
			if a.status != http.StatusGone || !strings.Contains(a.body, `href="`+l.URL+`/"`) {
				t.Errorf("%s %q: %d: %s", method, request, a.status, a.body)
			}
		}
	}
}

func TestPageOfAnotherSiteCannotSignIn(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, request := l.page()
	form := url.Values{"request": {request}, "email": {"owner@example.com"}}
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}},
	} {
		if a := l.ask(http.MethodPost, address, form, header); a.status != http.StatusForbidden {
			t.Errorf("%v: %d to %s", header, a.status, a.location)
		}
	}
	if a := l.ask(http.MethodPost, address, form, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {l.URL}}); a.status != http.StatusSeeOther {
		t.Errorf("our own page: %d", a.status)
	}
	if a := l.ask(http.MethodPut, address, form, nil); a.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", a.status)
	}
}

func TestFloodOfRequestsDoesNotPreventSignIn(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, request := l.page()
	flood := func(n int, header http.Header) (last answer) {
		for range n {
			last = l.authorizeWith(nil, header)
		}
		return last
	}
	signsIn := func(request string) bool {
		return l.ask(http.MethodPost, address, url.Values{"request": {request}, "email": {"owner@example.com"}}, nil).status == http.StatusSeeOther
	}

	// A page of another origin adds no requests.
	for _, site := range []string{"cross-site", "same-site"} {
		if a := flood(1100, http.Header{"Sec-Fetch-Site": {site}, "Sec-Fetch-Mode": {"no-cors"}}); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", site, a.status)
		}
	}
	if a := flood(1, http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}); a.status != http.StatusForbidden {
		t.Errorf("a link: %d", a.status)
	}
	if !signsIn(request) {
		t.Error("a page of another origin evicted the waiting request")
	}

	// Other clients evict the oldest requests.
	flood(999, nil)
	if !signsIn(request) {
		t.Error("999 others evicted the request")
	}
	if a := flood(500, nil); a.status != http.StatusFound {
		t.Errorf("a request after many others: %d", a.status)
	}
	if signsIn(request) {
		t.Error("the oldest request still waits")
	}
	if _, fresh := l.page(); !signsIn(fresh) {
		t.Error("the newest request was evicted")
	}
}

func TestDoubleClickSignsInOnce(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, request := l.page()
	for range 2 {
		a := l.ask(http.MethodPost, address, url.Values{"request": {request}, "email": {"owner@example.com"}}, nil)
		if a.status != http.StatusSeeOther {
			t.Fatalf("%d: %s", a.status, a.body)
		}
		if status, _ := l.exchange(a.location.Query().Get("code"), nil); status != http.StatusOK {
			t.Errorf("exchange: %d", status)
		}
	}
}

func TestPageLoadsOnlyItsOwnFiles(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	address, request := l.page()
	page := l.ask(http.MethodGet, address+"?request="+request, nil, nil)
	policy := page.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' " + l.URL} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	for _, person := range signin.People() {
		if !strings.Contains(page.body, `value="`+person.Email+`"`) {
			t.Errorf("no button for %s", person.Email)
		}
	}
	for _, not := range []string{"<script", "style=", "https://"} {
		if strings.Contains(page.body, not) {
			t.Errorf("the page has %s", not)
		}
	}
	for file, kind := range map[string]string{"page.css": "text/css", "mark.svg": "image/svg+xml"} {
		a := l.ask(http.MethodGet, address+"/"+file, nil, nil)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", file, a.status, a.header.Get("Content-Type"))
		}
	}
	for _, file := range []string{"page.html", "", "../page.go"} {
		if a := l.ask(http.MethodGet, address+"/"+file, nil, nil); a.status == http.StatusOK {
			t.Errorf("%s is served", file)
		}
	}
}
