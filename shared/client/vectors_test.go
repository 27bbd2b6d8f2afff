//go:build !js

package client_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// answer is what the server of the vectors does with a request.
type answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	Text    *string           `json:"text"`
	Pad     int               `json:"pad"`
	Fault   string            `json:"fault"`
}

// verifyVector is a case of vectors/verify.json.
type verifyVector struct {
	Name      string `json:"name"`
	TimeoutMS int    `json:"timeout_ms"`
	Request   struct {
		Key    string   `json:"key"`
		Arx    string   `json:"arx"`
		Scopes []string `json:"scopes"`
		IP     string   `json:"ip"`
		Origin string   `json:"origin"`
		Cost   int      `json:"cost"`
	} `json:"request"`
	Answers   []answer          `json:"answers"`
	Sent      []json.RawMessage `json:"sent"`
	Verdict   json.RawMessage   `json:"verdict"`
	Undecided *undecided        `json:"undecided"`
	Error     bool              `json:"error"`
	Attempts  int               `json:"attempts"`
}

// undecided is what a vector expects of the error.
type undecided struct {
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
}

// middlewareVector is a case of vectors/middleware.json.
type middlewareVector struct {
	Name      string `json:"name"`
	TimeoutMS int    `json:"timeout_ms"`
	Options   struct {
		Arx            string              `json:"arx"`
		Scopes         []string            `json:"scopes"`
		ScopesByMethod map[string][]string `json:"scopes_by_method"`
		Header         string              `json:"header"`
		ClientIP       clientIP            `json:"client_ip"`
		Hook           string              `json:"hook"`
	} `json:"options"`
	Request struct {
		Method  string      `json:"method"`
		Path    string      `json:"path"`
		Headers [][2]string `json:"headers"`
	} `json:"request"`
	Answers  []answer          `json:"answers"`
	Sent     []json.RawMessage `json:"sent"`
	Passed   bool              `json:"passed"`
	Response struct {
		Status  int                `json:"status"`
		Headers map[string]*string `json:"headers"`
		Body    json.RawMessage    `json:"body"`
	} `json:"response"`
	Event event `json:"event"`
}

// clientIP is a setting of a vector: the word, or the header of a trusted proxy.
type clientIP struct{ Word, Header string }

// UnmarshalJSON decodes a text, or an object with the header.
func (c *clientIP) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &c.Word); err == nil {
		return nil
	}
	var proxy struct{ Header string }
	err := json.Unmarshal(text, &proxy)
	c.Header = proxy.Header
	return err
}

// event is what a vector expects of the hook's event.
type event struct {
	Code          string `json:"code"`
	Status        int    `json:"status"`
	KeyID         string `json:"key_id"`
	ApplicationID string `json:"application_id"`
	ArxID         string `json:"arx_id"`
	Attempts      int    `json:"attempts"`
}

// clientVector is a case of vectors/client.json.
type clientVector struct {
	Name          string `json:"name"`
	BaseURL       string `json:"base_url"`
	ManagementKey string `json:"management_key"`
	OK            bool   `json:"ok"`
}

// readVectors reads a file of vectors, in which every member is known.
func readVectors[T any](t *testing.T, file string) []T {
	t.Helper()
	text, err := os.ReadFile("vectors/" + file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var rows []T
	if err := decoder.Decode(&rows); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return rows
}

// The vectors cover every code and every fault once at least, say of requests and answers what the API says,
// and have its problem documents.
func TestVectorsAgreeWithTheAPI(t *testing.T) {
	verify, middleware := readVectors[verifyVector](t, "verify.json"), readVectors[middlewareVector](t, "middleware.json")
	seen, asked := map[string]int{}, map[string]int{}
	check := func(file, name string, answers []answer, sent []json.RawMessage, codes map[string]int) {
		if seen[file+name]++; name == "" || seen[file+name] > 1 {
			t.Errorf("%s: %q is not unique", file, name)
		}
		for _, body := range sent {
			var req api.VerifyKeyRequest
			if err := strict(body, &req); err != nil {
				t.Errorf("%s: %s: sent: %v", file, name, err)
			} else if err := req.Validate(); err != nil {
				t.Errorf("%s: %s: sent: %v", file, name, err)
			}
		}
		for _, a := range answers {
			codes[a.Fault]++
			if a.Fault != "" && !slices.Contains([]string{"refused", "reset", "hang", "stall", "truncated", "redirect"}, a.Fault) {
				t.Errorf("%s: %s: fault %q", file, name, a.Fault)
			}
		}
	}
	codes := map[string]int{}
	for _, v := range verify {
		check("verify.json", v.Name, v.Answers, v.Sent, codes)
		var verdict api.Verification
		ends := 0
		if v.Verdict != nil {
			ends++
			if err := strict(v.Verdict, &verdict); err != nil {
				t.Errorf("verify.json: %s: verdict: %v", v.Name, err)
			}
			codes[string(verdict.Code)]++
			if verdict.Valid != (verdict.Code == api.CodeValid) {
				t.Errorf("verify.json: %s: valid %t, code %s", v.Name, verdict.Valid, verdict.Code)
			}
		}
		if v.Undecided != nil {
			ends++
		}
		if v.Error {
			ends++
		}
		if ends != 1 {
			t.Errorf("verify.json: %s: it ends in %d ways", v.Name, ends)
		}
	}
	for _, v := range middleware {
		check("middleware.json", v.Name, v.Answers, v.Sent, asked)
		asked[v.Event.Code]++
		if v.Passed != (v.Event.Code == string(api.CodeValid)) || v.Passed != (v.Response.Status == 200) || v.Passed != (v.Event.Status == 0) {
			t.Errorf("middleware.json: %s: passed %t, status %d, event %+v", v.Name, v.Passed, v.Response.Status, v.Event)
		}
		if v.Passed {
			continue
		}
		want := refusals[statusOf(v.Event.Code)]
		if v.Event.Status != want.Code.Status() || v.Response.Status != want.Code.Status() {
			t.Errorf("middleware.json: %s: status %d, want %d", v.Name, v.Response.Status, want.Code.Status())
		}
		var got problem.Document
		if err := strict(v.Response.Body, &got); err != nil {
			t.Errorf("middleware.json: %s: body: %v", v.Name, err)
		}
		if diff := cmp.Diff(want.Document(""), got); diff != "" {
			t.Errorf("middleware.json: %s: %s", v.Name, diff)
		}
	}
	for _, count := range []map[string]int{codes, asked} {
		for _, code := range api.Codes() {
			if count[string(code)] == 0 {
				t.Errorf("no case has the code %s: %v", code, slices.Sorted(maps.Keys(count)))
			}
		}
		for _, fault := range []string{"refused", "reset", "hang", "truncated", "redirect"} {
			if count[fault] == 0 {
				t.Errorf("no case has the fault %s", fault)
			}
		}
	}
}

// refusals are the problems that a caller gets, by status.
var refusals = map[int]*problem.Problem{
	401: problem.New(problem.Unauthenticated, "Send one valid access key."),
	403: problem.New(problem.Forbidden, "This access key is not allowed to do this."),
	429: problem.New(problem.TooMany, "The limit of this access key is reached."),
	503: problem.New(problem.Unavailable, "The access key could not be verified. Try again."),
}

// statusOf returns the status for the code of an event.
func statusOf(code string) int {
	switch code {
	case "NO_KEY", "TWO_KEYS", string(api.CodeMalformed), string(api.CodeNotFound):
		return 401
	case string(api.CodeRateLimited), string(api.CodeUsageExhausted):
		return 429
	case "UNDECIDED":
		return 503
	}
	return 403
}

// strict decodes a JSON document whose members are all known.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

func TestVectorsOfClientsHaveBothResults(t *testing.T) {
	results := map[bool]int{}
	for _, v := range readVectors[clientVector](t, "client.json") {
		results[v.OK]++
	}
	if results[true] == 0 || results[false] == 0 {
		t.Errorf("accepted and refused: %v", results)
	}
}
