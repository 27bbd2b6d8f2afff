package lambdahttp_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// vector is a case of shared/client/vectors/middleware.json.
type vector struct {
	Name    string
	Options struct{ Header string }
	Request struct{ Headers [][2]string }
	Answers []struct {
		Fault string
		Body  api.Verification
	}
	Passed   bool
	Response struct {
		Status  int
		Headers map[string]*string
		Body    problem.Document
	}
	Event struct{ Code api.Code }
}

// TestCheckRefusesAsTheClientsDo holds the check of gateways against the vectors of the clients' middleware: status,
// document and headers of a refusal are the same. A client may get an answer that the API does not give, or send the
// key in another header; these cases are left out.
func TestCheckRefusesAsTheClientsDo(t *testing.T) {
	text, err := os.ReadFile("../../client/vectors/middleware.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	seen := map[api.Code]bool{}
	for _, v := range vectors {
		undecided := v.Event.Code == "UNDECIDED"
		asked := len(v.Answers) == 1 && v.Answers[0].Fault == ""
		unasked := len(v.Answers) == 0 && (v.Event.Code == api.Code(api.CheckNoKey) || v.Event.Code == api.Code(api.CheckTwoKeys))
		if v.Options.Header != "" || !asked && !unasked && !undecided {
			continue
		}
		g := newGateway()
		switch {
		case undecided:
			g.err = errors.New("no verdict")
		case asked:
			if g.verdict = v.Answers[0].Body; g.verdict.Key != nil {
				g.verdict.Tenant = "acme"
			}
			if limit := g.verdict.RateLimit; limit != nil && limit.WindowSeconds == 0 || limit == nil && v.Event.Code == api.CodeRateLimited {
				continue // of an older API
			}
		}
		seen[v.Event.Code] = true
		key := []string{}
		for _, h := range v.Request.Headers {
			if strings.EqualFold(h[0], "x-api-key") {
				key = append(key, h[1])
			}
		}
		headers := map[string]string{"x-api-key": strings.Join(key, ",")} // as API Gateway joins them
		switch {
		case undecided:
			headers["x-api-key"] = "arxk_prd_caller"
		case len(key) == 0:
			headers["x-api-key"] = "-"
		}
		answer := g.call(t, nil, headers)
		if answer.StatusCode != v.Response.Status {
			t.Errorf("%s: status %d, want %d", v.Name, answer.StatusCode, v.Response.Status)
		}
		for name, want := range v.Response.Headers {
			if got, has := answer.Headers[name]; has != (want != nil) || has && got != *want {
				t.Errorf("%s: %s: %q, and the clients answer %v", v.Name, name, got, want)
			}
		}
		if v.Passed {
			continue
		}
		var document problem.Document
		if err := json.Unmarshal([]byte(answer.Body), &document); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		document.RequestID = ""
		if undecided {
			document.Detail = v.Response.Body.Detail // that of the cause
		}
		if diff := cmp.Diff(v.Response.Body, document); diff != "" {
			t.Errorf("%s: %s", v.Name, diff)
		}
	}
	for _, code := range append(api.Codes(), api.Code(api.CheckNoKey), api.Code(api.CheckTwoKeys), "UNDECIDED") {
		if !seen[code] {
			t.Errorf("no case of %s was compared", code)
		}
	}
}
