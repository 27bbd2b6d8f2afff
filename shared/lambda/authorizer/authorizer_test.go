package authorizer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	theKey = "arxk_prd_THEKEY"
	stage  = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod"
	method = stage + "/GET/pets/42"
)

// allowing is a decision that accepts one key and no other.
func allowing(_ context.Context, q Question) (Answer, error) {
	if q.Key != theKey {
		return Answer{Code: "NOT_FOUND"}, nil
	}
	return Answer{Allow: true, Code: "VALID", KeyID: "key_1", Tenant: "acme", Context: map[string]string{"key_id": "key_1"}}, nil
}

// real returns an event from testdata, with changes.
func real(t testing.TB, kind string, changes ...func(event map[string]any)) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", kind+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(event)
	}
	text, err = json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func set(name string, value any) func(map[string]any) {
	return func(event map[string]any) { event[name] = value }
}

// header sets a header in the format of each kind of API: an HTTP API joins repeated headers.
func header(name string, values ...string) func(map[string]any) {
	return func(event map[string]any) {
		headers := event["headers"].(map[string]any)
		many, rest := event["multiValueHeaders"].(map[string]any)
		name := name
		if !rest {
			name = strings.ToLower(name)
		}
		delete(headers, name)
		delete(many, name)
		if len(values) == 0 {
			return
		}
		if rest {
			headers[name], many[name] = values[len(values)-1], values
			return
		}
		headers[name] = strings.Join(values, ",")
	}
}

// ask calls the authorizer and returns its response as text, and its log line.
func ask(t testing.TB, o Options, decide Decide, payload []byte) (answer, line string, err error) {
	t.Helper()
	var log bytes.Buffer
	o.Name, o.Log = "test", slog.New(slog.NewJSONHandler(&log, nil))
	got, err := Handler(o, decide).Invoke(t.Context(), payload)
	if err != nil && got != nil {
		t.Errorf("an error has the answer %s", got)
	}
	if strings.Count(log.String(), "\n") != 1 {
		t.Errorf("the log is %q", log.String())
	}
	return string(got), log.String(), err
}

const (
	httpRefusal = `{"isAuthorized":false}`
	restRefusal = `{"principalId":"nobody","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":"` + stage + `/*"}]}}`
)

func TestRefusalHasTheFormatOfTheAPI(t *testing.T) {
	refuse := func(context.Context, Question) (Answer, error) {
		return Answer{Code: "EXPIRED", KeyID: "key_1", Tenant: "acme", Context: map[string]string{"key_id": "key_1"}}, nil
	}
	for _, perRoute := range []bool{false, true} {
		o := Options{PerRoute: perRoute}
		if answer, line, err := ask(t, o, refuse, real(t, "http")); answer != httpRefusal || err != nil || !strings.Contains(line, `"allowed":false,"code":"EXPIRED","key":"key_1","tenant":"acme"`) {
			t.Errorf("%s, %v: %s", answer, err, line)
		}
		if answer, _, err := ask(t, o, refuse, real(t, "rest")); answer != strings.Replace(restRefusal, "nobody", "key_1", 1) || err != nil {
			t.Errorf("%s, %v", answer, err)
		}
		if answer, _, err := ask(t, o, func(context.Context, Question) (Answer, error) { return Answer{}, nil }, real(t, "rest")); answer != restRefusal || err != nil {
			t.Errorf("%s, %v", answer, err)
		}
	}
}

func TestFailedDecisionIsAnErrorWithoutDetails(t *testing.T) {
	for name, decide := range map[string]Decide{
		"an error": func(context.Context, Question) (Answer, error) { return Answer{}, errors.New("the store is down") },
		"an error that allows": func(context.Context, Question) (Answer, error) {
			return Answer{Allow: true, KeyID: "key_1"}, errors.New("the store is down")
		},
		"a panic": func(context.Context, Question) (Answer, error) { panic("the store is down") },
		"an answer without a key id": func(context.Context, Question) (Answer, error) {
			return Answer{Allow: true, Code: "the store is down"}, nil
		},
		"an expired context": func(ctx context.Context, _ Question) (Answer, error) { return Answer{}, context.DeadlineExceeded },
	} {
		for _, kind := range []string{"http", "rest"} {
			answer, line, err := ask(t, Options{}, decide, real(t, kind))
			if err == nil || err.Error() != "could not be decided" || answer != "" || !strings.Contains(line, `"level":"ERROR"`) || !strings.Contains(line, `"cause":"`) {
				t.Errorf("%s, %s: %q, %v: %s", kind, name, answer, err, line)
			}
		}
	}
}

// A REST API compares the text of the error.
func TestMissingKeyIs401WhereTheAPISupportsIt(t *testing.T) {
	for name, changes := range map[string][]func(map[string]any){
		"no key":                       {header("X-Api-Key")},
		"an empty key":                 {header("X-Api-Key", "")},
		"another scheme":               {header("X-Api-Key"), header("Authorization", "Basic dXNlcjpwYXNz")},
		"an empty bearer":              {header("X-Api-Key"), header("Authorization", "Bearer")},
		"two keys":                     {header("Authorization", "Bearer another")},
		"an empty key and a bearer":    {header("X-Api-Key", ""), header("Authorization", "Bearer "+theKey)},
		"a blank key and a bearer":     {header("X-Api-Key", " "), header("Authorization", "Bearer "+theKey)},
		"an empty credential":          {header("Authorization", "")},
		"a key twice":                  {header("X-Api-Key", theKey, theKey)},
		"two credentials":              {header("X-Api-Key"), header("Authorization", "Bearer "+theKey, "Bearer another")},
		"a credential and its comment": {header("X-Api-Key"), header("Authorization", "Bearer "+theKey+" comment")},
	} {
		unreachable := func(context.Context, Question) (Answer, error) {
			t.Errorf("%s: the decision was asked for", name)
			return Answer{}, nil
		}
		if answer, line, err := ask(t, Options{}, unreachable, real(t, "http", changes...)); answer != httpRefusal || err != nil || !strings.Contains(line, "_KEY") {
			t.Errorf("%s: %s, %v: %s", name, answer, err, line)
		}
		if answer, line, err := ask(t, Options{}, unreachable, real(t, "rest", changes...)); answer != "" || err == nil || err.Error() != "Unauthorized" || !strings.Contains(line, `"level":"INFO"`) {
			t.Errorf("%s: %s, %v: %s", name, answer, err, line)
		}
	}
	cases := func(event map[string]any) {
		event["multiValueHeaders"].(map[string]any)["x-api-key"] = []string{theKey}
	}
	if _, _, err := ask(t, Options{}, allowing, real(t, "rest", cases)); err == nil || err.Error() != "Unauthorized" {
		t.Errorf("a header twice, in two cases: %v", err)
	}
}

func TestEventsOfOtherKindsAreErrors(t *testing.T) {
	httpOne := []func(map[string]any){set("version", "1.0"), set("identitySource", theKey), set("authorizationToken", theKey)}
	for name, payload := range map[string][]byte{
		"nothing":                  nil,
		"invalid JSON":             []byte("{"),
		"null":                     []byte("null"),
		"a list":                   []byte("[]"),
		"an empty object":          []byte("{}"),
		"a TOKEN authorizer":       []byte(`{"type": "TOKEN", "authorizationToken": "` + theKey + `", "methodArn": "` + method + `"}`),
		"a proxied request":        real(t, "http", set("type", nil)),
		"an HTTP API, payload 1.0": real(t, "rest", httpOne...),
		"an unknown version":       real(t, "http", set("version", "3.0")),
		"no route":                 real(t, "http", set("routeKey", "")),
		"headers of numbers":       real(t, "http", set("headers", map[string]any{"x-api-key": 1})),
		"a WebSocket":              real(t, "rest", set("httpMethod", nil), set("resource", nil)),
		"no method":                real(t, "rest", set("methodArn", "")),
		"a method of another kind": real(t, "rest", set("methodArn", "arn:aws:lambda:eu-central-1:123456789012:function:prod/GET/pets")),
		"all methods":              real(t, "rest", set("methodArn", "*")),
		"a method of all stages":   real(t, "rest", set("methodArn", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/*/GET/pets")),
		"a method of all APIs":     real(t, "rest", set("methodArn", "arn:aws:execute-api:eu-central-1:123456789012:*/prod/GET/pets")),
		"a stage alone":            real(t, "rest", set("methodArn", stage)),
		"a name twice":             []byte(`{"type": "REQUEST", "type": "REQUEST"}`),
	} {
		answer, line, err := ask(t, Options{}, allowing, payload)
		if err == nil || err.Error() != "could not be decided" || answer != "" || !strings.Contains(line, `"cause":"the event`) {
			t.Errorf("%s: %q, %v: %s", name, answer, err, line)
		}
		if strings.Contains(line, "THEKEY") {
			t.Errorf("%s: the key is in the log: %s", name, line)
		}
	}
}

func TestValidKeyIsAllowedWithItsContext(t *testing.T) {
	for _, perRoute := range []bool{false, true} {
		answer, line, err := ask(t, Options{PerRoute: perRoute}, allowing, real(t, "http"))
		if want := `{"isAuthorized":true,"context":{"key_id":"key_1"}}`; answer != want || err != nil {
			t.Errorf("%s, %v", answer, err)
		}
		if !strings.Contains(line, `"msg":"request","authorizer":"test","request_id":"JKJaXmPLvHcESHA="`) || strings.Contains(line, "THEKEY") {
			t.Errorf("the line is %s", line)
		}
	}
}

// A policy is cached and applied to other methods for the same identity.
func TestPolicyCoversOnlyWhatWasDecided(t *testing.T) {
	allows := func(o Options, resource string, changes ...func(map[string]any)) {
		t.Helper()
		want := `{"principalId":"key_1","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"` + resource + `"}]},"context":{"key_id":"key_1"}}`
		answer, _, err := ask(t, o, allowing, real(t, "rest", changes...))
		if diff := cmp.Diff(want, answer); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	root := set("methodArn", stage+"/GET/")
	allows(Options{}, stage+"/*")
	allows(Options{}, stage+"/*", root)
	allows(Options{PerRoute: true}, method)
	allows(Options{PerRoute: true}, stage+"/GET/", root)
	allows(Options{}, stage+"/*", set("version", "1.0")) // the SAM CLI
}

// A call of /pets/* must not allow /pets/42/owners through its cached policy.
func TestPathThatWouldWidenThePolicyIsRefused(t *testing.T) {
	for _, path := range []string{"/GET/pets/*", "/GET/pets/?", "/GET/*", "/*/pets", "/GET/pets/${aws:username}", "/GET/pets/$x"} {
		answer, line, err := ask(t, Options{PerRoute: true}, allowing, real(t, "rest", set("methodArn", stage+path)))
		if want := strings.Replace(restRefusal, "nobody", "key_1", 1); answer != want || err != nil || !strings.Contains(line, "PATH_NOT_EXACT") {
			t.Errorf("%s: %s, %v", path, answer, err)
		}
	}
}

// An HTTP API caches answers by the values of the identity sources.
func TestAnswerThatCouldServeOtherRoutesIsAnError(t *testing.T) {
	kept := set("identitySource", []string{theKey})
	byRoute := set("identitySource", []string{theKey, "GET /pets/{id}"})
	if answer, line, err := ask(t, Options{PerRoute: true}, allowing, real(t, "http", kept)); err == nil || answer != "" || !strings.Contains(line, "$context.routeKey") {
		t.Errorf("%s, %v: %s", answer, err, line)
	}
	for _, c := range []struct {
		o      Options
		change func(map[string]any)
	}{{Options{PerRoute: true}, byRoute}, {Options{}, kept}, {Options{PerRoute: true}, set("identitySource", []string{})}} {
		if answer, line, err := ask(t, c.o, allowing, real(t, "http", c.change)); err != nil || !strings.Contains(answer, `"isAuthorized":true`) {
			t.Errorf("%s, %v: %s", answer, err, line)
		}
	}
}

func TestQuestionComesFromAPIGatewayNotFromHeaders(t *testing.T) {
	for _, c := range []struct {
		name    string
		kinds   []string
		changes []func(map[string]any)
		want    Question
	}{
		{"as it is", []string{"http", "rest"}, nil, Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example"}},
		{"a bearer", []string{"http", "rest"}, []func(map[string]any){header("X-Api-Key"), header("Authorization", "bearer  "+theKey)},
			Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example"}},
		{"both, the same", []string{"http", "rest"}, []func(map[string]any){header("Authorization", "Bearer "+theKey)},
			Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example"}},
		{"another scheme too", []string{"http", "rest"}, []func(map[string]any){header("Authorization", "Basic dXNlcjpwYXNz")},
			Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example"}},
		{"no origin", []string{"http", "rest"}, []func(map[string]any){header("Origin")}, Question{"GET /pets/{id}", theKey, "203.0.113.7", ""}},
		{"two origins", []string{"http", "rest"}, []func(map[string]any){header("Origin", "https://shop.example", "https://evil.example")},
			Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example,https://evil.example"}},
		{"the default route", []string{"http"}, []func(map[string]any){set("routeKey", "$default")}, Question{"$default", theKey, "203.0.113.7", "https://shop.example"}},
		{"no addresses", []string{"http", "rest"}, []func(map[string]any){set("requestContext", map[string]any{"identity": map[string]any{"sourceIp": "test-invoke-source-ip"}})},
			Question{"GET /pets/{id}", theKey, "", "https://shop.example"}},
		{"headers with one value each", []string{"rest"}, []func(map[string]any){set("multiValueHeaders", nil)}, Question{"GET /pets/{id}", theKey, "203.0.113.7", "https://shop.example"}},
	} {
		for _, kind := range c.kinds {
			var got Question
			_, _, err := ask(t, Options{}, func(_ context.Context, q Question) (Answer, error) { got = q; return Answer{}, nil }, real(t, kind, c.changes...))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%s, %s: %v (-want +got):\n%s", kind, c.name, err, diff)
			}
		}
	}
}

// behind returns an edge with two secrets.
func behind(t *testing.T, refuseDirect bool) edge.Edge {
	t.Helper()
	e, err := edge.New(edgeSecret+","+previousSecret, refuseDirect)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const (
	edgeSecret     = "known-secret-0123456789abcdef01234567"
	previousSecret = "previous-secret-0123456789abcdef01234"
	guessedSecret  = "guessed-secret-0123456789abcdef012345"
)

func TestAddressIsTheEdgesOnlyWithASecret(t *testing.T) {
	const seen, sent = "203.0.113.7", "192.0.2.9"
	type change = func(map[string]any)
	address, secret := header("X-Arxkeys-Viewer-Address", sent), header("X-Arxkeys-Edge-Secret", edgeSecret)
	for _, c := range []struct {
		why          string
		refuseDirect bool
		changes      []change
		want         string // the address; empty for a refusal
		fails        bool
	}{
		{"a direct call", true, nil, "", false},
		{"a direct call with an address", true, []change{address}, "", false},
		{"a direct call with a guessed secret", true, []change{address, header("X-Arxkeys-Edge-Secret", guessedSecret)}, "", false},
		{"a direct call with two secrets", true, []change{address, header("X-Arxkeys-Edge-Secret", guessedSecret, edgeSecret)}, "", false},
		{"the edge without an address", false, []change{secret}, "", true},
		{"the edge with two addresses", false, []change{secret, header("X-Arxkeys-Viewer-Address", sent, sent)}, "", true},
		{"the edge with a malformed address", true, []change{secret, header("X-Arxkeys-Viewer-Address", sent+":443")}, "", true},
		{"a direct call that is accepted", false, []change{address, header("X-Arxkeys-Edge-Secret", guessedSecret)}, seen, false},
		{"through the edge", true, []change{secret, address}, sent, false},
		{"through the edge, with the previous secret", false, []change{header("X-Arxkeys-Edge-Secret", previousSecret), address}, sent, false},
	} {
		for kind, refusal := range map[string]string{"http": httpRefusal, "rest": restRefusal} {
			var got string
			answer, line, err := ask(t, Options{Edge: behind(t, c.refuseDirect)}, func(ctx context.Context, q Question) (Answer, error) {
				got = q.Address
				return allowing(ctx, q)
			}, real(t, kind, c.changes...))
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("%s, %s: the address is %q, want %q: %v", kind, c.why, got, c.want, err)
			}
			if c.want == "" && !c.fails && (answer != refusal || !strings.Contains(line, `"allowed":false,"code":"DIRECT_CALL"`)) {
				t.Errorf("%s, %s: %s: %s", kind, c.why, answer, line)
			}
			for _, text := range []string{edgeSecret, previousSecret, guessedSecret, sent} {
				if strings.Contains(answer+line, text) {
					t.Errorf("%s, %s: %s is in the answer or in the log: %s %s", kind, c.why, text, answer, line)
				}
			}
		}
	}
}

func TestDecisionEndsBeforeLambdaDoes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	limit, _ := ctx.Deadline()
	seen := false
	_, err := Handler(Options{Log: slog.New(slog.DiscardHandler)}, func(ctx context.Context, _ Question) (Answer, error) {
		deadline, ok := ctx.Deadline()
		seen = ok && deadline.Equal(limit.Add(-margin))
		return Answer{}, nil
	}).Invoke(ctx, real(t, "http"))
	if err != nil || !seen {
		t.Errorf("%v, %t", err, seen)
	}
}

// FuzzAuthorizer checks that no event causes a panic, or allows a key that neither of the two headers
// contains.
func FuzzAuthorizer(f *testing.F) {
	for _, kind := range []string{"http", "rest"} {
		f.Add(real(f, kind))
		f.Add(real(f, kind, header("X-Api-Key"), header("Authorization", "Bearer "+theKey)))
		f.Add(real(f, kind, header("X-Api-Key", theKey, "another")))
		f.Add(real(f, kind, set("identitySource", []string{theKey}), set("methodArn", stage+"/GET/*")))
	}
	f.Add([]byte(`{"type": "TOKEN"}`))
	handlers := []interface {
		Invoke(context.Context, []byte) ([]byte, error)
	}{
		Handler(Options{Log: slog.New(slog.DiscardHandler)}, allowing), Handler(Options{Log: slog.New(slog.DiscardHandler), PerRoute: true}, allowing),
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for i, h := range handlers {
			answer, err := h.Invoke(t.Context(), payload)
			if err != nil {
				if text := err.Error(); answer != nil || text != "Unauthorized" && text != "could not be decided" {
					t.Errorf("%s, %v", answer, err)
				}
				continue
			}
			var got struct {
				Authorized bool   `json:"isAuthorized"`
				Principal  string `json:"principalId"`
				Document   struct {
					Statement []struct{ Effect, Resource string }
				} `json:"policyDocument"`
			}
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			allowed := got.Authorized
			for _, s := range got.Document.Statement {
				allowed = allowed || s.Effect != "Deny"
				if i == 1 && s.Effect != "Deny" && strings.ContainsAny(s.Resource, "*?$") {
					t.Errorf("the policy allows %s", s.Resource)
				}
			}
			if allowed && !bytes.Contains(payload, []byte("THEKEY")) && !bytes.Contains(payload, []byte(`\u`)) {
				t.Errorf("%s allows %s", answer, payload)
			}
		}
	})
}

func TestDecisionsAreCounted(t *testing.T) {
	var out bytes.Buffer
	counts := metrics.New("arxkeys", "apikey", slog.New(slog.NewJSONHandler(&out, nil)), time.Now)
	a := Handler(Options{Log: slog.New(slog.DiscardHandler), Metrics: counts}, func(ctx context.Context, q Question) (Answer, error) {
		if q.Key == "lost" {
			return Answer{}, problem.Busy(errors.New("no connection"))
		}
		if q.Key == "foreign" {
			return Answer{}, problem.WrongTable(problem.TableRestored, errors.New("restored"))
		}
		return allowing(ctx, q)
	})
	with := func(key string) []byte {
		return real(t, "http", func(event map[string]any) { event["headers"] = map[string]any{"x-api-key": key} })
	}
	for _, payload := range [][]byte{with(theKey), with("arxk_prd_OTHER"), with("lost"), with("foreign"), with(""), with(theKey), []byte("{}")} {
		_, _ = a.Invoke(t.Context(), payload)
	}
	counts.Write(t.Context())
	sums := map[string]float64{}
	for text := range strings.Lines(out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		for name, value := range line {
			switch value := value.(type) {
			case float64:
				sums[name] += value
			case []any:
				sums[name] += float64(len(value))
			}
		}
	}
	want := map[string]float64{"Verdict.VALID": 2, "Verdict.NOT_FOUND": 1, "Verdict.NO_KEY": 1, "StoreErrors": 1, "WrongTable": 1, "Latency": 4}
	if diff := cmp.Diff(want, sums); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
