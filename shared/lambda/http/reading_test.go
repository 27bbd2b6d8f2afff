package lambdahttp_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// reading checks that a request that reaches the handler is valid and equals what was sent, and that any
// other request is refused with a problem.
func reading[Req api.Request, Res any](op api.Operation[Req, Res]) func(testing.TB, events.APIGatewayV2HTTPRequest) {
	return func(t testing.TB, event events.APIGatewayV2HTTPRequest) {
		handle := func(_ context.Context, _ auth.Principal, req Req) (answer Res, err error) {
			if err := req.Validate(); err != nil {
				t.Errorf("%s: the handler received an invalid request: %v", op.Name, err)
			}
			if len(api.Bind(reflect.TypeFor[Req]()).Members) == 0 {
				return answer, problem.New(problem.NotFound, "Read.")
			}
			text, err := json.Marshal(req)
			if err != nil {
				t.Fatalf("%s: %v", op.Name, err)
			}
			var again Req
			if err := lambdahttp.Decode(text, &again); err != nil {
				t.Fatalf("%s: %v: %s", op.Name, err, text)
			}
			if twice, err := json.Marshal(again); err != nil || string(twice) != string(text) {
				t.Errorf("%s: %v: %s is written again as %s", op.Name, err, text, twice)
			}
			return answer, problem.New(problem.NotFound, "Read.")
		}
		if o := try(t, op, handle, event); !slices.Contains([]int{400, 404, 413, 422}, o.StatusCode) || o.document.Detail == "" {
			t.Errorf("%s: %d %s", op.Name, o.StatusCode, o.Body)
		}
	}
}

// FuzzEveryRequest decodes the same body, query and headers as the request of every operation.
func FuzzEveryRequest(f *testing.F) {
	const id = "key_01J9Zk3V8QpTfW2x"
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range good {
			if !yield(name) {
				return
			}
		}
	}) {
		f.Add(good[name], "", id, "", "")
	}
	f.Add("", "limit=25&cursor=&q=a&status=active&include=deleted&sort=-created_at&application_id=app_01J9Zk3V8QpTfW2x", id, "", "")
	f.Add("", "limit=9999999999999999999&q=%ff", id, "", "")
	f.Add("", "limit=1&limit=2&=&&a", "..", "", "")
	f.Add("", "from=2026-02-30T00:00:00Z&to=0000-01-01T00:00:00Z&resource_id=key_", id, "", "")
	f.Add(`{"name": null, "expires_at": "9999-12-31T23:59:59.999999999Z", "scopes": ["*", "*"], "metadata": {"a": {"a": 1e999}}}`, "", id, `W/"1", "2"`, strings.Repeat("k", 256))
	f.Add(`{"overlap_seconds": 1.5, "replace": "old"}`, "", id, "*", "k")
	f.Add(`{"overlap_seconds": 604801}`, "", "", "", "\xff")
	f.Add(`{"name": "a", "name": "b"}`, "", id, "", "")
	f.Add(`{"name": "a"} {}`, "", id, "", "")
	f.Add(strings.Repeat("[", 20000), "", id, "", "")
	f.Add("\xef\xbb\xbf{}", "", id, "", "")
	all := exercises()
	f.Fuzz(func(t *testing.T, text, raw, id, match, key string) {
		for _, doors := range all {
			event := request(body(text), query(raw))
			event.PathParameters = map[string]string{"id": id}
			if match != "" {
				event.Headers["if-match"] = match
			}
			if key != "" {
				event.Headers["idempotency-key"] = key
			}
			doors.read(t, event)
		}
	})
}
