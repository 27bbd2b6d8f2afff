package lambdahttp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// fall sends the fallback an event, and returns its response and its log line.
func fall(t *testing.T, event string) (status int, header map[string]string, document problem.Document, logged string) {
	t.Helper()
	return fallBehind(t, edge.Edge{}, event)
}

func fallBehind(t *testing.T, e edge.Edge, event string) (status int, header map[string]string, document problem.Document, logged string) {
	t.Helper()
	var log bytes.Buffer
	text, err := lambdahttp.Fallback(lambdahttp.Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), Edge: e})(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var reply struct {
		Status  int               `json:"statusCode"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(reply.Body), &document); err != nil {
		t.Fatal(err)
	}
	return reply.Status, reply.Headers, document, log.String()
}

func TestFallbackReturnsTheMethodsOfAPath(t *testing.T) {
	for _, op := range api.Operations() {
		path := strings.ReplaceAll(op.Path, "{id}", "key_01J9Zk3V8QpTfW2x")
		status, header, document, logged := fall(t, fmt.Sprintf(`{"rawPath": %q, "requestContext": {"requestId": "r-1", "http": {"method": "PUT"}}}`, path))
		if allow := strings.Join(api.Methods(path), ", "); status != http.StatusMethodNotAllowed || header["Allow"] != allow || !strings.Contains(allow, op.Method) {
			t.Errorf("%s: %d, allows %q", op.Path, status, header["Allow"])
		}
		if header["Content-Type"] != problem.MediaType || header["X-Request-Id"] != "r-1" || header["Cache-Control"] != "no-store" || document.Code != problem.NotAllowed || document.RequestID != "r-1" {
			t.Errorf("%s: %v %+v", op.Path, header, document)
		}
		if strings.Count(logged, "\n") != 1 || !strings.Contains(logged, `"operation":"fallback","status":405,"request_id":"r-1"`) {
			t.Errorf("%s is logged as %s", op.Path, logged)
		}
	}
}

func TestFallbackRepeatsNothingOfAnUnknownPath(t *testing.T) {
	const secret = "arxk_prd_secret"
	for event, want := range map[string]int{
		`{"rawPath": "/v1/` + secret + `"}`:       404,
		`{"rawPath": "/v1/keys/` + secret + `/"}`: 404,
		`{}`:                             404,
		`"` + secret + `"`:               400,
		`{"rawPath": {"` + secret + `":`: 400,
	} {
		status, header, document, logged := fall(t, event)
		if status != want || document.Detail == "" || header["Allow"] != "" {
			t.Errorf("%s: %d %+v, allows %q", event, status, document, header["Allow"])
		}
		if told := fmt.Sprint(header, document, logged); strings.Contains(told, secret) {
			t.Errorf("%s is repeated: %s", event, told)
		}
	}
}

func TestFallbackRefusesDirectCalls(t *testing.T) {
	for headers, want := range map[string]problem.Code{
		`{}`: problem.DirectCall,
		`{"x-arxkeys-viewer-address": "192.0.2.9"}`:                                                         problem.DirectCall,
		`{"x-arxkeys-viewer-address": "192.0.2.9", "x-arxkeys-edge-secret": "` + guessed + `"}`:             problem.DirectCall,
		`{"x-arxkeys-viewer-address": "192.0.2.9", "x-arxkeys-edge-secret": "` + known + `"}`:               problem.NotFound,
		`{"x-arxkeys-edge-secret": "` + known + `"}`:                                                        problem.NotFound, // it needs no address
		`{"x-arxkeys-viewer-address": "192.0.2.9", "x-arxkeys-edge-secret": "` + known + `,` + known + `"}`: problem.DirectCall,
	} {
		status, header, document, logged := fallBehind(t, only, `{"rawPath": "/v1/nothing", "headers": `+headers+`}`)
		if document.Code != want || status != want.Status() || header["Allow"] != "" {
			t.Errorf("%s: %d %+v", headers, status, document)
		}
		if strings.Contains(logged, known) || strings.Contains(logged, guessed) {
			t.Errorf("the secret is logged: %s", logged)
		}
	}
}
