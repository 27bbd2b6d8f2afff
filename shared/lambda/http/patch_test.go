package lambdahttp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// values are what a client may send as a value, valid and invalid.
var values = []string{
	`""`, `" "`, `"a"`, `"EU"`, `"a\u0000b"`, `"\ud800"`, `"https://shop.example"`, `"monthly"`, `"Monthly"`, `0`, `5`, `-1`, `05`, `5.0`, `5.5`, `5e0`, `1e400`, `"5"`, `true`,
	`[]`, `[""]`, `[null]`, `["a"]`, `["a","a"]`, `["eu-central-1"]`, `["invoices:read"]`, `["https://shop.example"]`, `["203.0.113.0/24"]`, `[["a"]]`, `{}`, `{"a":null}`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":2}}`,
	`{"limit":5,"window_seconds":60}`, `{"limit":5,"Limit":500,"window_seconds":60}`, `{"LIMIT":5,"window_seconds":60}`, `{"limit":5,"limit":500,"window_seconds":60}`,
	`{"limit":5,"window_seconds":60,"more":1}`, `{"limit":null,"window_seconds":60}`, `{"limit":"5","window_seconds":60}`, `{"limit":5}`,
	`"2027-01-31T00:00:00Z"`, `"2027-01-31T00:00:00+24:00"`, `"2027-01-31T00:00:00+01:60"`, `"2027-01-31T0:00:00Z"`, `"2027-01-31T00:00:00,5Z"`, `"2027-01-31t00:00:00z"`,
	`"2027-01-31 00:00:00Z"`, `"2027-01-31"`, `"2027-02-30T00:00:00Z"`, `"0000-01-01T00:00:00Z"`, `"10000-01-01T00:00:00Z"`, `1801440000`,
}

// id is valid in the path of each update.
var id = map[string]string{
	api.UpdateApplication.Path: "app_01J9Zk3V8QpTfW2x", api.UpdateArx.Path: "arx_01J9Zk3V8QpTfW2x", api.UpdateKey.Path: "key_01J9Zk3V8QpTfW2x",
}

// read returns how the operation decodes the body: the request, or the response that refuses it.
func read[Req api.Request, Res any](t testing.TB, op api.Operation[Req, Res], sent string) (req *Req, refusal string) {
	t.Helper()
	o := try(t, op, func(_ context.Context, _ auth.Principal, r Req) (answer Res, err error) {
		req = &r
		return answer, nil
	}, request(body(sent), func(e *events.APIGatewayV2HTTPRequest) { e.PathParameters = map[string]string{"id": id[op.Path]} }))
	if req == nil {
		refusal = fmt.Sprint(o.StatusCode, " ", o.document.Code, " ", o.document.Errors)
	}
	return req, refusal
}

// pairs are the fields that both a create and a patch have, by entity, each with a function that compares
// the two for a value of the field.
var pairs = []struct {
	fields []string
	alike  func(t testing.TB, field, value string)
}{
	{
		[]string{"name", "description", "owner", "allowed_origins"},
		alike(api.CreateApplication, api.UpdateApplication, `"name":"A","technology":"client","allowed_origins":["https://a.example"]`),
	},
	{
		[]string{"name", "description", "owner", "endpoint", "regions", "rotation_cycle"},
		alike(api.CreateArx, api.UpdateArx, `"name":"A","regions":["eu-central-1"]`),
	},
	{
		[]string{"name", "scopes", "expires_at", "rate_limit", "remaining_uses", "allowed_ips", "metadata"},
		alike(api.CreateKey, api.UpdateKey, `"application_id":"app_01J9Zk3V8QpTfW2x","arx_id":"arx_01J9Zk3V8QpTfW2x"`),
	},
}

// TestPatchDecodesAsCreateDoes checks that a create and a patch decode and validate a value alike.
func TestPatchDecodesAsCreateDoes(t *testing.T) {
	for _, pair := range pairs {
		for _, field := range pair.fields {
			for _, value := range values {
				pair.alike(t, field, value)
			}
		}
	}
}

// FuzzPatch checks the same with any JSON value.
func FuzzPatch(f *testing.F) {
	n := 0
	for _, pair := range pairs {
		for range pair.fields {
			for _, value := range values {
				f.Add(uint8(n), value)
			}
			n++
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		// Null has a meaning only in a patch, and the combined size of a key's strings is checked where all
		// of them are known.
		d := jsontext.NewDecoder(strings.NewReader(value), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if kind := d.PeekKind(); kind == 'n' || d.SkipValue() != nil || d.PeekKind() != 0 || len(value) > api.MaxCredentialBytes/2 {
			return
		}
		if _, err := d.ReadToken(); err != io.EOF {
			return // more than one value
		}
		at := int(which) % n
		for _, pair := range pairs {
			if at < len(pair.fields) {
				pair.alike(t, pair.fields[at], value)
				return
			}
			at -= len(pair.fields)
		}
	})
}

func alike[C, U api.Request, A, B any](create api.Operation[C, A], update api.Operation[U, B], base string) func(t testing.TB, field, value string) {
	return func(t testing.TB, field, value string) {
		t.Helper()
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte("{"+base+"}"), &members); err != nil {
			t.Fatal(err)
		}
		delete(members, field)
		rest, _ := json.Marshal(members)
		whole := string(rest[:len(rest)-1])
		if len(members) > 0 {
			whole += ","
		}
		member := fmt.Sprintf("%q:%s}", field, value)
		created, why := read(t, create, whole+member)
		updated, whyNot := read(t, update, "{"+member)
		if why != "" || whyNot != "" {
			if why != whyNot && !differs(field, value) {
				t.Errorf("%s of %s: create says %q, update %q", member, create.Name, why, whyNot)
			}
			return
		}
		if diff := cmp.Diff(memberOf(t, created, field), memberOf(t, updated, field)); diff != "" {
			t.Errorf("%s of %s: (-create +update)\n%s", member, create.Name, diff)
		}
	}
}

// differs reports the values that a patch accepts or refuses for another reason than a create.
func differs(field, value string) bool {
	switch field {
	case "allowed_origins": // whether they may be empty depends on the stored technology
		var origins []any
		return json.Unmarshal([]byte(value), &origins) == nil && len(origins) == 0
	case "remaining_uses": // a key may be left with none, and is not made with none
		uses, err := strconv.Atoi(strings.TrimSpace(value))
		return err == nil && (uses < 1 || uses > api.MaxUses)
	}
	return false
}

// memberOf returns the field as the request encodes it, or "" for an empty field, which a create omits.
func memberOf(t testing.TB, request any, field string) string {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	if text := string(members[field]); text != `""` && text != "[]" {
		return text
	}
	return ""
}
