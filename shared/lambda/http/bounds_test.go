package lambdahttp_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/api/openapi"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// texts are sent in every query parameter and header, in addition to the parameter's own example and
// choices. They include the lengths around every bound, and the forms around every pattern.
var texts = func() (all []string) {
	all = []string{
		"0", "1", "25", "99", "100", "101", "-1", "+1", "01", "1.0", "1e1", "0.5", "9223372036854775808", "true",
		"a", "A", "a.b", "a.b.c", ".a", "a.", "a-b", "a_b", "a b", "a/b", "é", "日本語", "😀", `"3"`, `W/"3"`, "*",
		"deleted", "archived", "expired", "active", "Active", "hour", "minute", "name", "-name", "--name",
		"app_01J9Zk3V8QpTfW2x", "arx_01J9Zk4B1RsUgX3y", "key_01J9Zk5C2StVhY4z", "mgk_01J9Zk6D3TuWjZ5a", "evt_01J9Zk7E4UvXkA6b",
		"app_01J9Zk3V8QpTfW2", "app_01J9Zk3V8QpTfW2xy", "app_01J9Zk3V8QpTfW2-", "APP_01J9Zk3V8QpTfW2x",
		"2026-02-03T00:00:00Z", "2026-02-03T00:00:00.123456789+05:30", "2026-02-03", "2026-02-03T00:00Z", "2026-02-30T00:00:00Z",
		"2026-02-03t00:00:00z", "2026-02-03T00:00:00", "2026-02-03T00:00:00,5Z", "2026-02-03T24:00:00Z", "2026-02-03T00:00:00+24:00", "2026-02-03 00:00:00Z",
	}
	for _, n := range []int{63, 64, 65, 149, 150, 151, 255, 256, 257, 1023, 1024, 1025} {
		all = append(all, strings.Repeat("a", n), strings.Repeat("é", n), strings.Repeat("😀", n))
	}
	return all
}()

// TestParametersHaveTheirDocumentedBounds sends texts in every query parameter and header of every
// operation. The server must accept exactly what the OpenAPI document allows.
func TestParametersHaveTheirDocumentedBounds(t *testing.T) {
	document, err := openapi.Document(api.Served(), os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	all := exercises()
	for _, op := range api.Operations() {
		pointer := fmt.Sprintf("/paths/%s/%s/parameters", strings.ReplaceAll(op.Path, "/", "~1"), strings.ToLower(op.Method))
		declared, _ := lookup(parsed, pointer).([]any)
		for i := range declared {
			p := declared[i].(map[string]any)
			if p["in"] == string(api.InPath) {
				continue // an id that is none is not found: infra/e2e asks for one
			}
			name := p["name"].(string)
			s, err := c.Compile(fmt.Sprintf("openapi.json#%s/%d/schema", pointer, i))
			if err != nil {
				t.Fatal(err)
			}
			example := fmt.Sprint(p["example"])
			allowed, refused, wrong := 0, 0, 0
			for _, text := range slices.Concat(texts, choices(s), []string{example, example + "x", strings.ToUpper(example)}) {
				var instance any = text
				if n, err := strconv.Atoi(text); err == nil && strconv.Itoa(n) == text && s.Types != nil && slices.Contains(s.Types.ToStrings(), "integer") {
					instance = n
				}
				want := s.Validate(instance) == nil
				if want {
					allowed++
				} else {
					refused++
				}
				if status, got := all[op.Name].takes(t, api.Place(p["in"].(string)), name, text); got != want {
					if wrong++; wrong > 3 {
						continue // of one kind, three are enough
					}
					t.Errorf("%s: %s %q: the document allows it: %v, the server answers %d", op.Name, name, shortened(text), want, status)
				}
			}
			if allowed == 0 || refused == 0 {
				t.Errorf("%s: %s: %d texts are allowed, %d are refused: nothing is checked", op.Name, name, allowed, refused)
			}
		}
	}
}

// choices returns the enum of a schema, or of the one that it refers to.
func choices(s *jsonschema.Schema) (all []string) {
	for ; s != nil; s = s.Ref {
		if s.Enum == nil {
			continue
		}
		for _, v := range s.Enum.Values {
			all = append(all, fmt.Sprint(v))
		}
	}
	return all
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return fmt.Sprintf("%s… (%d characters)", string(runes[:40]), len(runes))
	}
	return text
}

// taking returns a function that reports whether the operation accepts the text in the place.
func taking[Req api.Request, Res any](op api.Operation[Req, Res]) func(t testing.TB, place api.Place, name, text string) (status int, taken bool) {
	return func(t testing.TB, place api.Place, name, text string) (int, bool) {
		t.Helper()
		taken := false
		handle := func(context.Context, auth.Principal, Req) (answer Res, err error) {
			taken = true
			return answer, problem.New(problem.NotFound, "Read.")
		}
		e := request(body(good[op.Name]))
		e.PathParameters = map[string]string{"id": "of-nothing"}
		switch place {
		case api.InQuery:
			e.RawQueryString = url.Values{name: {text}}.Encode()
		case api.InHeader:
			e.Headers[strings.ToLower(name)] = text
		}
		o := try(t, op, handle, e)
		if want := 422; !taken && o.StatusCode != want {
			t.Errorf("%s: %s %q is refused by %d, want %d", op.Name, name, shortened(text), o.StatusCode, want)
		}
		return o.StatusCode, taken
	}
}

// lookup returns the value at the JSON pointer, nil if there is none.
func lookup(document any, pointer string) any {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		o, _ := document.(map[string]any)
		document = o[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	return document
}
