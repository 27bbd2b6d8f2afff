package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/shared/api"
)

// The functions that stand in front of somebody's every request have their connections to the data when
// they ask for their first event, and the first event opens no other: not for who asks, nor for the key
// and its gates, nor for what is written of them.
func TestFirstInvocationFindsItsConnectionsOpen(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	_, _, _, key := someKey(t, l, management, nil)
	event := func(e any) string {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, f := range []struct{ name, event, answer string }{
		{"keys/verify", event(events.APIGatewayV2HTTPRequest{
			Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
			Body: event(api.VerifyKeyRequest{Key: key}),
		}), `VALID`},
		{"authorizers/apikey", event(events.APIGatewayV2CustomAuthorizerV2Request{
			Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", IdentitySource: []string{string(key), "GET /pets"},
			Headers: map[string]string{"x-api-key": string(key)},
		}), `"isAuthorized":true`},
	} {
		w, err := newWay(strings.TrimPrefix(l.engine.Endpoint, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		h := &host{event: f.event, way: w, done: make(chan struct{}), release: make(chan struct{})}
		runtime := httptest.NewServer(h)
		environment := l.environment()
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = "http://" + w.address()
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
			t.Fatalf("%s ends: %v", f.name, err)
		}
		if !strings.Contains(h.answer, f.answer) || h.atFirst != 2 || w.opened.Load() != 2 {
			t.Errorf("%s: %d connections before the first event, %d after it, which was answered %s", f.name, h.atFirst, w.opened.Load(), h.answer)
		}
		_ = cmd.Process.Kill()
		<-ended
		close(h.release)
		runtime.Close()
		w.listener.Close()
	}
}

// host is Lambda's Runtime API for one environment and one event.
type host struct {
	event   string
	way     *way
	atFirst int32         // connections to the data when the event was asked for
	answer  string        // to the event
	done    chan struct{} // closed once it is answered, and the next asked for
	release chan struct{} // ends the wait for it
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/extension/register"): // for SIGTERM
		w.Header().Set("Lambda-Extension-Identifier", "end")
	case strings.Contains(r.URL.Path, "/extension/"):
		<-h.release
	case r.Method == http.MethodPost:
		body, _ := io.ReadAll(r.Body)
		h.answer = string(body)
		w.WriteHeader(http.StatusAccepted)
	case h.answer != "":
		close(h.done)
		<-h.release
	default:
		h.atFirst = h.way.opened.Load()
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "first")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "32503680000000")
		io.WriteString(w, h.event)
	}
}
