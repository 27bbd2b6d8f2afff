package contract_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/infra/local/contract"
)

const (
	me      = `{"principal": {"kind": "person", "id": "p-1", "name": "owner@example.com"}, "tenant": "default", "role": "owner", "can": {}}`
	missing = `{"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found", "detail": "There is nothing at this address."}`
	refusal = `{"type": "about:blank", "title": "Forbidden", "status": 403, "code": "forbidden", "detail": "Only owners may do this."}`
)

// TestOnlyDocumentedResponsesPass tries every kind of undocumented response and request.
func TestOnlyDocumentedResponsesPass(t *testing.T) {
	c, err := contract.Read("../../../" + contract.Document)
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		status int
		header map[string]string
		body   string
	}
	id := map[string]string{"Content-Type": "application/json", "X-Request-Id": "r-1"}
	with := func(name, value string) map[string]string {
		h := map[string]string{name: value}
		for n, v := range id {
			if _, there := h[n]; !there {
				h[n] = v
			}
		}
		return h
	}
	problem := with("Content-Type", "application/problem+json")
	allow := func(methods string) map[string]string {
		h := with("Allow", methods)
		h["Content-Type"] = "application/problem+json"
		return h
	}
	checked := map[string]string{
		"X-Request-Id": "r", "X-Arxkeys-Code": "VALID", "X-Arxkeys-Key-Id": "key_0123456789abcdef", "X-Arxkeys-Application": "app_0123456789abcdef",
		"X-Arxkeys-Arx": "arx_0123456789abcdef", "X-Arxkeys-Tenant": "acme", "X-Arxkeys-Granted-Scopes": "",
	}
	checkedAs := func(code string) map[string]string {
		h := maps.Clone(checked)
		h["X-Arxkeys-Code"] = code
		return h
	}
	for name, test := range map[string]struct {
		method, path, body string
		answer
		want string // part of the violation; empty if there is none
	}{
		"an answer that is declared":                    {"GET", "/v1/me", "", answer{200, id, me}, ""},
		"a refusal that is declared":                    {"GET", "/v1/me", "", answer{403, with("Content-Type", "application/problem+json"), refusal}, ""},
		"an answer of API Gateway":                      {"GET", "/v1/me", "", answer{503, map[string]string{"Content-Type": "application/json"}, `{"message": "Service Unavailable"}`}, ""},
		"a path that there is not":                      {"GET", "/v1/nothing", "", answer{404, problem, missing}, ""},
		"a direct call":                                 {"GET", "/v1/nothing", "", answer{403, problem, strings.Replace(missing, "not_found", "direct_call", 1)}, ""},
		"a direct call to another method":               {"PUT", "/v1/me", "", answer{403, problem, strings.Replace(missing, "not_found", "direct_call", 1)}, ""},
		"another refusal of nothing":                    {"GET", "/v1/nothing", "", answer{403, problem, missing}, "must be 404"},
		"a path without a problem":                      {"GET", "/v1/nothing", "", answer{404, id, `{"message": "Not Found"}`}, "content type"},
		"an operation not declared":                     {"PUT", "/v1/me", "", answer{200, id, me}, "no such operation: the status must be 405"},
		"a path not declared":                           {"PUT", "/v1/you", "", answer{405, problem, missing}, "no such operation: the status must be 404"},
		"another method":                                {"PUT", "/v1/me", "", answer{405, allow("GET, HEAD"), missing}, ""},
		"another method, others allowed":                {"PUT", "/v1/me", "", answer{405, allow("GET"), missing}, `Allow is "GET"`},
		"another method of a literal path":              {"GET", "/v1/keys/verify", "", answer{405, allow("POST"), missing}, ""},
		"HEAD, which answers as GET":                    {"HEAD", "/v1/me", "", answer{200, id, me}, ""},
		"HEAD with a query not declared":                {"HEAD", "/v1/me?all=true", "", answer{200, id, me}, "the query contains all"},
		"HEAD of what is not read":                      {"HEAD", "/v1/keys/verify", "", answer{200, id, me}, "no such operation: the status must be 405"},
		"a status not declared":                         {"GET", "/v1/me", "", answer{418, id, me}, "the status is not declared"},
		"a content type not declared":                   {"GET", "/v1/me", "", answer{200, with("Content-Type", "text/plain"), me}, "content type"},
		"null not declared":                             {"GET", "/v1/me", "", answer{200, id, strings.Replace(me, `"owner",`, "null,", 1)}, "/role fails type"},
		"a member not declared":                         {"GET", "/v1/me", "", answer{200, id, strings.Replace(me, "{", `{"more": 1, `, 1)}, "/ fails additionalProperties"},
		"a member left out":                             {"GET", "/v1/me", "", answer{200, id, strings.Replace(me, `"tenant": "default", `, "", 1)}, "/ fails required"},
		"no JSON":                                       {"GET", "/v1/me", "", answer{200, id, "{"}, "not JSON"},
		"a header field left out":                       {"GET", "/v1/me", "", answer{200, map[string]string{"Content-Type": "application/json"}, me}, "the header field X-Request-Id is missing"},
		"a header field not declared":                   {"GET", "/v1/me", "", answer{200, with("ETag", `"1"`), me}, "Etag is not declared"},
		"a query not declared":                          {"GET", "/v1/me?all=true", "", answer{200, id, me}, "the query contains all"},
		"a body not declared":                           {"GET", "/v1/me", `{"a": 1}`, answer{200, id, me}, "a body, which is not declared"},
		"a refused request that is wrong":               {"GET", "/v1/me?all=true", "", answer{403, with("Content-Type", "application/problem+json"), refusal}, ""},
		"a number that is out of bounds":                {"GET", "/v1/keys?limit=1000", "", answer{200, id, "{}"}, "limit: / fails maximum"},
		"a parameter that is no number":                 {"GET", "/v1/keys?limit=many", "", answer{200, id, "{}"}, "limit: / fails type"},
		"a request's member not declared":               {"POST", "/v1/keys/verify", `{"key": "arxk", "more": 1}`, answer{200, id, `{"valid": false, "code": "MALFORMED"}`}, "the request's body: / fails additionalProperties"},
		"a check with any method, path, query and body": {"PURGE", "/v1/check/*/at/a/?b=1", "anything", answer{200, checked, ""}, ""},
		"a check without a further path":                {"HEAD", "/v1/check/arx_0123456789abcdef", "", answer{200, checked, ""}, ""},
		"a check of nothing":                            {"GET", "/v1/check/", "", answer{404, problem, missing}, ""},
		"a check with an empty further path":            {"GET", "/v1/check/*/", "", answer{404, problem, missing}, ""},
		"a check of what is no Arx":                     {"GET", "/v1/check/me", "", answer{200, checked, ""}, "arx_id: / fails pattern"},
		"a check with a body":                           {"GET", "/v1/check/*", "", answer{200, checked, "{}"}, "the response has a body"},
		"a check with another code":                     {"GET", "/v1/check/*", "", answer{200, checkedAs("FINE"), ""}, "X-Arxkeys-Code: / fails enum"},
		"a check without its identity":                  {"GET", "/v1/check/*", "", answer{200, map[string]string{"X-Request-Id": "r", "X-Arxkeys-Code": "VALID"}, ""}, "X-Arxkeys-Key-Id is missing"},
		"the literal path before the id's":              {"POST", "/v1/keys/verify", `{"key": "arxk"}`, answer{200, id, `{"valid": false, "code": "MALFORMED"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var reported []string
			h := c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.ReadAll(r.Body)
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				w.Write([]byte(test.answer.body))
			}), func(v string) { reported = append(reported, v) })
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(test.method, test.path, strings.NewReader(test.body)))
			all := strings.Join(reported, "\n")
			switch {
			case test.want == "" && (all != "" || w.Code != test.status || w.Body.String() != test.answer.body):
				t.Errorf("%d %s: %s", w.Code, w.Body, all)
			case test.want != "" && (!strings.Contains(all, test.want) || w.Code != http.StatusInternalServerError):
				t.Errorf("%d, reported %q, want %q", w.Code, all, test.want)
			}
		})
	}
}
