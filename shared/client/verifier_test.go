//go:build !js

package client_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

const managementKey = "arxm_0123456789abcdefsssssssssssssssssssssssssssssssssssssssssssc0ffee"

// otherwise is the time limit of vectors without one. It is longer than a client's, so that a busy machine
// passes.
const otherwise = 30 * time.Second

// played is an API that answers as a vector says.
type played struct {
	*httptest.Server
	t       *testing.T
	name    string
	mu      sync.Mutex
	answers []answer
	sent    []json.RawMessage
}

// play starts an API that gives the answers. Nothing listens at its address if they are refused.
func play(t *testing.T, name string, answers []answer) *played {
	p := &played{t: t, name: name, answers: answers}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	if len(answers) > 0 && answers[0].Fault == "refused" {
		p.Close()
	}
	return p
}

func (p *played) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Errorf("%s: %v", p.name, err)
	}
	if r.Method != "POST" || r.RequestURI != "/v1/keys/verify" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer "+managementKey {
		p.t.Errorf("%s: %s %s with %v", p.name, r.Method, r.RequestURI, r.Header)
	}
	p.mu.Lock()
	n := len(p.sent)
	p.sent = append(p.sent, body)
	p.mu.Unlock()
	if n >= len(p.answers) {
		w.WriteHeader(500)
		return
	}
	p.answers[n].give(w, r)
}

// give gives the answer, or fails as it says.
func (a answer) give(w http.ResponseWriter, r *http.Request) {
	body := a.Body
	if a.Text != nil {
		body = []byte(*a.Text)
	}
	if a.Pad > 0 {
		body = append(slices.Clone(body), strings.Repeat(" ", a.Pad-len(body))...)
	}
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	switch a.Fault {
	case "reset":
		panic(http.ErrAbortHandler)
	case "hang":
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case "redirect":
		w.Header().Set("Location", "/v1/keys/verify")
	case "truncated", "stall":
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(a.Status)
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		if a.Fault == "stall" {
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.Status)
	w.Write(body)
}

// sawExactly fails the test unless the API received the bodies, in order and no more.
func (p *played) sawExactly(want []json.RawMessage) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if diff := cmp.Diff(values(p.t, want), values(p.t, p.sent)); diff != "" {
		p.t.Errorf("%s: sent: %s", p.name, diff)
	}
}

// values decodes documents.
func values(t *testing.T, documents []json.RawMessage) []any {
	t.Helper()
	all := make([]any, len(documents))
	for i, d := range documents {
		if err := json.Unmarshal(d, &all[i]); err != nil {
			t.Errorf("%v: %s", err, d)
		}
	}
	return all
}

// verifier returns a verifier with the vector's time limit, and its events.
func verifier(t *testing.T, url string, timeoutMS int, hook string) (*client.Verifier, func() []client.Event) {
	t.Helper()
	timeout := otherwise
	if timeoutMS > 0 {
		timeout = time.Duration(timeoutMS) * time.Millisecond
	}
	var mu sync.Mutex
	var events []client.Event
	v, err := client.NewVerifier(url, managementKey, client.Options{Timeout: timeout, Hook: func(e client.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
		if hook == "fails" {
			panic("the hook fails")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return v, func() []client.Event {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(events)
	}
}

func TestVerifyVectors(t *testing.T) {
	for _, v := range readVectors[verifyVector](t, "verify.json") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			api := play(t, v.Name, v.Answers)
			asks, events := verifier(t, api.URL, v.TimeoutMS, "")
			r := v.Request
			verdict, err := asks.Verify(context.Background(), r.Key, client.Question{Arx: r.Arx, Scopes: r.Scopes, IP: r.IP, Origin: r.Origin, Cost: r.Cost})
			api.sawExactly(v.Sent)
			said := events()
			if v.Error {
				if _, is := errors.AsType[*client.UndecidedError](err); err == nil || is || len(said) > 0 {
					t.Errorf("%+v, %v, events %+v, want a programming error", verdict, err, said)
				}
				return
			}
			if len(said) != 1 || said[0].Attempts != v.Attempts || said[0].Status != 0 || said[0].Duration < 0 {
				t.Fatalf("events %+v, want one, with %d attempts", said, v.Attempts)
			}
			for _, text := range []string{fmt.Sprintf("%+v", said), fmt.Sprintf("%+v %v", err, err), fmt.Sprintf("%+v %#v", asks, *asks)} {
				if r.Key != "" && strings.Contains(text, r.Key) || strings.Contains(text, managementKey) {
					t.Errorf("a key is in %s", text)
				}
			}
			if v.Undecided != nil {
				u, ok := errors.AsType[*client.UndecidedError](err)
				if !ok || verdict.Valid || said[0].Code != client.CodeUndecided || said[0].Err == nil {
					t.Fatalf("%+v, %v, event %+v, want an undecided error", verdict, err, said[0])
				}
				if u.Status != v.Undecided.Status || u.RequestID != v.Undecided.RequestID {
					t.Errorf("status %d, request id %q, want %+v", u.Status, u.RequestID, *v.Undecided)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if said[0].Code != verdict.Code || said[0].Err != nil {
				t.Errorf("event %+v of verdict %s", said[0], verdict.Code)
			}
			if diff := cmp.Diff(decoded(t, v.Verdict), verdict); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// decoded decodes a verdict.
func decoded(t *testing.T, text []byte) (v api.Verification) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMiddlewareVectors(t *testing.T) {
	for _, v := range readVectors[middlewareVector](t, "middleware.json") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			api := play(t, v.Name, v.Answers)
			asks, events := verifier(t, api.URL, v.TimeoutMS, v.Options.Hook)
			guard := client.Guard{Arx: v.Options.Arx, Scopes: v.Options.Scopes, Header: v.Options.Header}
			if by := v.Options.ScopesByMethod; by != nil {
				guard.ScopesOf = func(r *http.Request) []string { return by[r.Method] }
			}
			switch ip := v.Options.ClientIP; {
			case ip.Header != "":
				guard.ClientIP = client.HeaderIP(ip.Header)
			case ip.Word == "connection":
				guard.ClientIP = client.ConnectionIP
			case ip.Word == "fails":
				guard.ClientIP = func(*http.Request) (string, error) { return "", errors.New("the function fails") }
			}
			passed := make(chan string, 2)
			server := httptest.NewServer(asks.Middleware(guard)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				verdict, ok := client.VerdictFrom(r.Context())
				if !ok {
					t.Error("the request has no verdict")
					return
				}
				passed <- verdict.Key.ID
				json.NewEncoder(w).Encode(map[string]string{"key_id": verdict.Key.ID})
			})))
			defer server.Close()
			response, body := send(t, server.Listener.Addr().String(), v.Request.Method, v.Request.Path, v.Request.Headers)
			api.sawExactly(v.Sent)
			if n := len(passed); v.Passed != (n == 1) || n > 1 {
				t.Errorf("the application was called %d times", n)
			}
			if response.StatusCode != v.Response.Status {
				t.Errorf("status %d, want %d", response.StatusCode, v.Response.Status)
			}
			for name, want := range v.Response.Headers {
				got := response.Header.Values(name)
				if want == nil && len(got) > 0 || want != nil && !slices.Equal(got, []string{*want}) {
					t.Errorf("%s: %q, want %v", name, got, want)
				}
			}
			if v.Response.Body != nil {
				if diff := cmp.Diff(values(t, []json.RawMessage{v.Response.Body}), values(t, []json.RawMessage{body})); diff != "" {
					t.Error(diff)
				}
			}
			said := events()
			if len(said) != 1 {
				t.Fatalf("events %+v, want one", said)
			}
			e := said[0]
			if diff := cmp.Diff(v.Event, event{string(e.Code), e.Status, e.KeyID, e.ApplicationID, e.ArxID, e.Attempts}); diff != "" {
				t.Error(diff)
			}
			if (e.Err != nil) != (e.Code == client.CodeUndecided) {
				t.Errorf("event %+v", e)
			}
			heard := fmt.Sprint(response.Header, string(body))
			for _, h := range v.Request.Headers {
				if strings.Contains(h[1], "arxk_") && (strings.Contains(heard, h[1]) || strings.Contains(fmt.Sprintf("%+v", e), h[1])) {
					t.Errorf("the key is in %s, or in %+v", heard, e)
				}
			}
			if !v.Passed && strings.Contains(heard, v.Event.Code) {
				t.Errorf("the verdict's code is in %s", heard)
			}
		})
	}
}

// send sends a request with exactly the headers.
func send(t *testing.T, address, method, path string, headers [][2]string) (*http.Response, []byte) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: pets.example\r\nConnection: close\r\n", method, path)
	for _, h := range headers {
		fmt.Fprintf(&text, "%s: %s\r\n", h[0], h[1])
	}
	if _, err := io.WriteString(connection, text.String()+"\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestClientVectors(t *testing.T) {
	for _, v := range readVectors[clientVector](t, "client.json") {
		asks, err := client.NewVerifier(v.BaseURL, v.ManagementKey, client.Options{})
		if (err == nil) != v.OK {
			t.Errorf("%s: %v", v.Name, err)
		}
		if v.ManagementKey != "" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, asks, asks), v.ManagementKey) {
			t.Errorf("%s: the management key is in %v, or in %+v", v.Name, err, asks)
		}
	}
	if _, err := client.NewVerifier("https://keys.example", managementKey, client.Options{Timeout: -1}); err == nil {
		t.Error("a negative timeout is accepted")
	}
}

// The caller's deadline and cancellation count too, and are the cause of the error.
func TestVerifyEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	asks, _ := verifier(t, server.URL, 0, "")
	_, err := asks.Verify(ctx, "arxk_prd_x", client.Question{Arx: client.AnyArx})
	if _, ok := errors.AsType[*client.UndecidedError](err); !ok || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want undecided because canceled", err)
	}
}

// silent is a transport that fails without a word of its connections.
type silent struct{ sent int }

func (s *silent) RoundTrip(*http.Request) (*http.Response, error) {
	s.sent++
	return nil, errors.New("broken")
}

func TestTransportThatDoesNotReportConnectionsIsNotRepeated(t *testing.T) {
	transport := new(silent)
	asks, err := client.NewVerifier("https://keys.example", managementKey, client.Options{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asks.Verify(t.Context(), "arxk_prd_x", client.Question{Arx: client.AnyArx}); err == nil || transport.sent != 1 {
		t.Errorf("%d requests, error %v", transport.sent, err)
	}
}

func TestInvalidGuardPanics(t *testing.T) {
	asks, err := client.NewVerifier("https://keys.example", managementKey, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []client.Guard{
		{}, {Arx: "Production EU"},
		{Arx: client.AnyArx, Scopes: []string{"pets:read"}, ScopesOf: func(*http.Request) []string { return nil }},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v is accepted", g.Arx)
				}
			}()
			asks.Middleware(g)
		}()
	}
	if v, ok := client.VerdictFrom(t.Context()); ok || v.Valid {
		t.Errorf("a context without a middleware has the verdict %+v", v)
	}
}
