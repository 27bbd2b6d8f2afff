package environment

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/lambda/after"
)

// tell is where the environment under test reports what it does; empty in the test itself.
const tell = "TELL"

func TestMain(m *testing.M) {
	told := os.Getenv(tell)
	if told == "" {
		os.Exit(m.Run())
	}
	say := func(what string) {
		if response, err := http.Post(told+what, "", nil); err == nil {
			response.Body.Close()
		}
	}
	Start(func(ctx context.Context, event []byte) ([]byte, error) {
		after.Response(ctx, func(context.Context) { say("work after " + string(event)) })
		return event, nil
	}, Hooks{BeforeFirst: func() { say("ready") }, OnShutdown: func() { say("end") }})
}

// The test acts as Lambda, and starts an environment as a separate process, which serves two events.
func TestLifeOfAnEnvironment(t *testing.T) {
	var mu sync.Mutex
	var story []string
	events := []string{`"one"`, `"two"`}
	idle, ended := make(chan struct{}), make(chan struct{})
	defer close(ended)
	lambda := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/told/"):
			story = append(story, strings.TrimPrefix(path, "/told/"))
		case strings.HasSuffix(path, "/extension/register"):
			w.Header().Set("Lambda-Extension-Identifier", "end")
		case strings.HasSuffix(path, "/extension/event/next"):
			mu.Unlock()
			<-ended
			mu.Lock()
		case strings.HasSuffix(path, "/response"):
			story = append(story, "answer "+string(body))
			w.WriteHeader(http.StatusAccepted)
		case len(events) > 0:
			story = append(story, "next")
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "id")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", "32503680000000")
			io.WriteString(w, events[0])
			events = events[1:]
		default:
			story = append(story, "next")
			close(idle)
			mu.Unlock()
			<-ended
			mu.Lock()
		}
	}))
	defer lambda.CloseClientConnections()

	environment := exec.CommandContext(t.Context(), os.Args[0])
	environment.Env = append(os.Environ(), tell+"="+lambda.URL+"/told/", "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(lambda.URL, "http://"))
	environment.Stdout, environment.Stderr = os.Stderr, os.Stderr
	if err := environment.Start(); err != nil {
		t.Fatal(err)
	}
	<-idle
	if err := environment.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := environment.Wait(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	want := []string{
		"ready", "next", `answer "one"`, `work after "one"`, "next", `answer "two"`, `work after "two"`, "next", "end",
	}
	if diff := cmp.Diff(want, story); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
