package e2e

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TestFirstInvocationUsesOneConnectionAndWritesAfterItsResponse checks the functions that run before every request to
// a protected API. They have a connection to DynamoDB before they ask for their first event, and the first event
// opens no other: not for the caller, nor for the key and its gates, nor for the writes. They write after the
// response, and before they ask for the next event, when Lambda may freeze them.
func TestFirstInvocationUsesOneConnectionAndWritesAfterItsResponse(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	_, arx, _, key := someKey(t, l, management, nil)
	for _, f := range []struct {
		name   string
		event  []byte
		answer string
		writes int32
	}{
		{"keys/verify", encoded(t, events.APIGatewayV2HTTPRequest{
			Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
			Body: string(encoded(t, api.VerifyKeyRequest{Key: key})),
		}), `VALID`, 3}, // the key's day, its last use and the management key's
		{"check", encoded(t, checkEvent(verifierKey(t, l), arx, key)), `"X-Arxkeys-Code":"VALID"`, 3},
		{"authorizers/apikey", encoded(t, events.APIGatewayV2CustomAuthorizerV2Request{
			Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", IdentitySource: []string{string(key), "GET /pets"},
			Headers: map[string]string{"x-api-key": string(key)},
		}), `"isAuthorized":true`, 2},
	} {
		d := newData(t, l.engine.Endpoint)
		h := &host{event: string(f.event), data: d, done: make(chan struct{}), release: make(chan struct{})}
		runtime := httptest.NewServer(h)
		environment := l.environment()
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = d.server.URL
		environment["AWS_LAMBDA_RUNTIME_API"] = strings.TrimPrefix(runtime.URL, "http://")
		environment["AWS_REGION"], environment["ARX_ID"], environment["TENANT"] = engine.Region, "*", "*"
		cmd := exec.CommandContext(t.Context(), build.Binary(root, f.name))
		for name, value := range environment {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-h.done:
		case err := <-ended:
			t.Fatalf("%s exits: %v", f.name, err)
		}
		if !strings.Contains(h.answer, f.answer) || h.atFirst != 1 || d.opened.Load() != 1 {
			t.Errorf("%s: %d connections before the first event, %d after it; the response is %s", f.name, h.atFirst, d.opened.Load(), h.answer)
		}
		if h.atAnswer != 0 || h.atNext != f.writes {
			t.Errorf("%s: %d writes before the response, %d before the next event, want 0 and %d", f.name, h.atAnswer, h.atNext, f.writes)
		}
		_ = cmd.Process.Kill()
		<-ended
		close(h.release)
		runtime.Close()
	}
}

// data is a proxy in front of the engine that counts connections and writes.
type data struct {
	server *httptest.Server
	opened atomic.Int32 // connections
	writes atomic.Int32 // number of writes that have begun
}

func newData(t *testing.T, endpoint string) *data {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	d := &data{}
	engine := httputil.NewSingleHostReverseProxy(to)
	d.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".UpdateItem") {
			d.writes.Add(1)
		}
		engine.ServeHTTP(w, r)
	}))
	d.server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			d.opened.Add(1)
		}
	}
	d.server.Start()
	t.Cleanup(d.server.Close)
	return d
}

// host is a Lambda Runtime API for one environment and one event.
type host struct {
	event    string
	data     *data
	atFirst  int32         // connections when the event was requested
	atAnswer int32         // writes at the response
	atNext   int32         // writes when the next event was requested
	answer   string        // the response
	done     chan struct{} // closed after the response, when the next event is requested
	release  chan struct{} // ends the wait for the next event
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/extension/register"): // for SIGTERM
		w.Header().Set("Lambda-Extension-Identifier", "end")
	case strings.Contains(r.URL.Path, "/extension/"):
		<-h.release
	case r.Method == http.MethodPost:
		body, _ := io.ReadAll(r.Body)
		h.answer, h.atAnswer = string(body), h.data.writes.Load()
		w.WriteHeader(http.StatusAccepted)
	case h.answer != "":
		h.atNext = h.data.writes.Load()
		close(h.done)
		<-h.release
	default:
		h.atFirst = h.data.opened.Load()
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "first")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "32503680000000")
		io.WriteString(w, h.event)
	}
}
