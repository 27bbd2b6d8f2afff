package lambdahttp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// meant are the members in which an empty string has a meaning, by operation. Any other empty string is
// rejected.
var meant = map[string][]string{
	"applications.create": {"description"}, // none
	"applications.update": {"description"},
	"arxes.create":        {"description"},
	"arxes.update":        {"description"},
	"keys.create":         {"metadata"}, // what is in it is the caller's own
	"keys.update":         {"metadata"},
}

func TestEmptyStringIsAllowedInFewMembers(t *testing.T) {
	got := map[string][]string{}
	for _, op := range api.Operations() {
		if members := api.Bind(op.Request).MayBeEmpty; len(members) > 0 {
			got[op.Name] = members
		}
	}
	if diff := cmp.Diff(meant, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEmptyIsNotOmitted sends every header, parameter and member of every operation once as an empty string.
func TestEmptyIsNotOmitted(t *testing.T) {
	for name, doors := range exercises() {
		t.Run(name, doors.empty)
	}
}

func emptying[Req api.Request, Res any](op api.Operation[Req, Res]) func(*testing.T) {
	return func(t *testing.T) {
		reached := false
		handle := func(context.Context, auth.Principal, Req) (answer Res, err error) {
			reached = true
			return answer, problem.New(problem.NotFound, "Read.")
		}
		send := func(edits ...edit) outcome {
			reached = false
			e := request(append([]edit{body(good[op.Name])}, edits...)...)
			e.PathParameters = map[string]string{"id": "of-nothing"}
			return try(t, op, handle, e)
		}
		refused := func(field string, edits ...edit) {
			t.Helper()
			o := send(edits...)
			names := slices.Collect(maps.Keys(index(o.document.Errors)))
			if reached || o.StatusCode != 422 || !slices.Equal(names, []string{field}) {
				t.Errorf("an empty %s: %d %s", field, o.StatusCode, o.Body)
			}
		}
		if o := send(); !reached {
			t.Fatalf("a valid request is refused: %d %s", o.StatusCode, o.Body)
		}
		plan := api.Bind(reflect.TypeFor[Req]())
		for _, p := range plan.Params {
			switch p.Place {
			case api.InHeader:
				refused(p.Name, with(strings.ToLower(p.Name), ""))
				refused(p.Name, with(strings.ToLower(p.Name), " "))
			case api.InQuery:
				refused(p.Name, query(p.Name+"="))
				refused(p.Name, query(p.Name))
			}
		}
		for _, l := range leaves(reflect.TypeFor[Req]()) {
			changed := map[string]any{}
			if err := json.Unmarshal([]byte(good[op.Name]), &changed); err != nil {
				t.Fatal(err)
			}
			changed[l.member] = l.value
			text, err := json.Marshal(changed)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(plan.MayBeEmpty, l.member) {
				refused(l.field, body(string(text)))
			} else if o := send(body(string(text))); !reached {
				t.Errorf("an empty %s, which has a meaning: %d %s", l.field, o.StatusCode, o.Body)
			}
		}
	}
}

func index(fields []problem.Field) map[string]problem.Field {
	all := map[string]problem.Field{}
	for _, f := range fields {
		all[f.Field] = f
	}
	return all
}

// leaf is a value in a body, at any depth.
type leaf struct {
	field  string // as refusals name it
	member string
	value  any // of the member, with an empty string in the place of the leaf
}

// leaves returns all leaves of a body of the request's type.
func leaves(t reflect.Type) (all []leaf) {
	for _, f := range reflect.VisibleFields(t) {
		member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || member == "" || member == "-" {
			continue
		}
		for _, below := range below(f.Type, member) {
			all = append(all, leaf{below.field, member, below.value})
		}
	}
	return all
}

func below(t reflect.Type, field string) (all []leaf) {
	if get, patch := t.MethodByName("Get"); patch && strings.HasPrefix(t.Name(), "Patch[") {
		return below(get.Type.Out(0), field)
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return below(t.Elem(), field)
	case t == reflect.TypeFor[json.RawMessage]():
		return []leaf{{field: field, value: map[string]any{"a": "", "": []any{""}}}}
	case t.Kind() == reflect.Slice:
		for i, before := range [][]any{{}, {"a"}} {
			for _, item := range below(t.Elem(), fmt.Sprintf("%s[%d]", field, i)) {
				all = append(all, leaf{field: item.field, value: append(before, item.value)})
			}
		}
		return all
	case t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		for _, l := range leaves(t) {
			all = append(all, leaf{field: field + "." + l.field, value: map[string]any{l.member: l.value}})
		}
		return all
	}
	return []leaf{{field: field, value: ""}}
}
