package gateways

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

const root = "../.."

// service is Arxkeys on this machine, whose store can be cut off.
type service struct {
	url    string
	client *client.Client
	cut    atomic.Bool
}

// arxkeys is started by TestMain, for all gateways.
var arxkeys service

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute) // it builds every function
	defer cancel()
	dir, err := os.MkdirTemp("", "gateways")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	e, err := engine.Start(ctx, engine.Config{Root: root, DataDir: filepath.Join(dir, "engine")})
	if err != nil {
		return fail(err)
	}
	defer e.Stop()
	to, err := url.Parse(e.Endpoint)
	if err != nil {
		return fail(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	way := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if arxkeys.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		forward.ServeHTTP(w, r)
	}))
	defer way.Close()
	s, err := stack.Start(ctx, stack.Config{
		DataDir: filepath.Join(dir, "stack"), DynamoDBEndpoint: "http://" + e.AccessKey + "@" + way.Listener.Addr().String(), Contract: true,
		// So short that every check feels a change at once.
		Parameters: map[string]string{"GateTtl": "1ms", "PrincipalTtl": "1ms"},
	})
	if err != nil {
		return fail(err)
	}
	defer s.Stop()
	key, err := s.ManagementKey(ctx)
	if err != nil {
		return fail(err)
	}
	arxkeys.url = s.URL()
	arxkeys.client = &client.Client{BaseURL: s.URL(), Authorization: func(context.Context) (string, error) { return key, nil }}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// call calls an operation of the API.
func call[I api.Request, O any](t *testing.T, op api.Operation[I, O], in I) O {
	t.Helper()
	out, err := client.Call(t.Context(), arxkeys.client, op, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func application(t *testing.T, origins ...string) string {
	t.Helper()
	technology := api.Server
	if len(origins) > 0 {
		technology = api.Client
	}
	return call(t, api.CreateApplication, api.CreateApplicationRequest{Name: rand.Text(), Technology: technology, AllowedOrigins: origins}).ID
}

func arx(t *testing.T) string {
	t.Helper()
	return call(t, api.CreateArx, api.CreateArxRequest{Name: rand.Text(), Regions: []string{"eu-central-1"}}).ID
}

// key creates an API key with the scope of the documents.
func key(t *testing.T, r api.CreateKeyRequest) (id, secret string) {
	t.Helper()
	if r.Scopes == nil {
		r.Scopes = []string{"pets:read"}
	}
	created := call(t, api.CreateKey, r)
	return created.Key.ID, string(*created.AccessKey)
}

// managementKey creates a management key.
func managementKey(t *testing.T, role api.Role) string {
	t.Helper()
	return string(*call(t, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: rand.Text(), Role: role}).Secret)
}

// unknownKey returns a well-formed access key that does not exist.
func unknownKey(t *testing.T) string {
	t.Helper()
	secret, err := accesskey.New(accesskey.Development, "0000000000000000", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

// seen is a request that a server received.
type seen struct {
	method, uri, host, body string
	length                  int64
	header                  http.Header
}

// recorder is the server that a gateway asks, or the one that it protects. It records requests, and can be broken.
type recorder struct {
	*httptest.Server
	next http.Handler

	mu     sync.Mutex
	seen   []seen
	codes  []string // of checks
	broken func(http.ResponseWriter)
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	req.Body = io.NopCloser(strings.NewReader(string(body)))
	r.mu.Lock()
	r.seen = append(r.seen, seen{req.Method, req.RequestURI, req.Host, string(body), req.ContentLength, req.Header.Clone()})
	broken := r.broken
	r.mu.Unlock()
	if broken != nil {
		broken(w)
		return
	}
	r.next.ServeHTTP(w, req)
	if code := w.Header().Get(api.CheckCodeHeader); code != "" {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !slices.Contains(r.codes, code) {
			r.codes = append(r.codes, code)
		}
	}
}

// breaks makes every request fail like this, or none if nil.
func (r *recorder) breaks(how func(http.ResponseWriter)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = how
}

// take returns the requests since the last call.
func (r *recorder) take() []seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.seen
	r.seen = nil
	return all
}

// pets returns the API that a gateway protects.
func pets(t *testing.T) *recorder {
	r := &recorder{next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "pets") })}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// listening returns the Arxkeys of the documents, https://keys.example, with the configuration for TLS.
func listening(t *testing.T, certificate *tls.Config) *recorder {
	t.Helper()
	to, err := url.Parse(arxkeys.url)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{next: &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		path, query, _ := strings.Cut(p.In.RequestURI, "?")
		p.Out.URL = &url.URL{Scheme: "http", Host: to.Host, Opaque: path, RawQuery: query} // as it was asked, also with dot segments
		p.Out.Host = to.Host
	}}}
	r.Server = httptest.NewUnstartedServer(r)
	r.TLS = certificate
	r.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}
