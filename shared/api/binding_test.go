package api_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/google/go-cmp/cmp"
)

// everything is a request with a parameter in each place.
type everything struct {
	ID      string `path:"id" json:"-"`
	IfMatch string `header:"If-Match" json:"-"`
	window
	Name string   `json:"name"`
	Tags []string `json:"tags,omitempty"`
}

type window struct {
	Limit  int       `query:"limit" json:"-"`
	Since  time.Time `query:"since" json:"-"`
	Strict bool      `query:"strict" json:"-"`
}

func TestEveryOperationCanBeBound(t *testing.T) {
	for _, op := range api.Operations() {
		b := api.Bind(op.Request)
		for _, p := range b.Params {
			if inPath := strings.Contains(op.Path, "{"+p.Name+"}"); inPath != (p.Place == api.InPath) {
				t.Errorf("%s: parameter %s of the %s, in the path: %v", op.Name, p.Name, p.Place, inPath)
			}
		}
		if op.Method == "GET" && len(b.Members) > 0 {
			t.Errorf("%s: a GET with the body %v", op.Name, b.Members)
		}
	}
}

func TestParamsRoundTrip(t *testing.T) {
	sent := everything{ID: "key_1", IfMatch: `"7"`, Name: "stays", window: window{
		Limit: 50, Since: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), Strict: true,
	}}
	b := api.Bind(reflect.TypeFor[everything]())
	received := everything{Name: "stays"}
	wire := map[string]string{}
	for _, p := range b.Params {
		text, ok := p.Text(sent)
		if !ok {
			t.Errorf("%s is not sent", p.Name)
		}
		wire[string(p.Place)+" "+p.Name] = text
		if want, ok := p.Set(&received, text); !ok {
			t.Errorf("%s: %q is not %s", p.Name, text, want)
		}
	}
	if diff := cmp.Diff(sent, received, cmp.AllowUnexported(everything{})); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"path id": "key_1", "header If-Match": `"7"`,
		"query limit": "50", "query since": "2027-01-31T00:00:00Z", "query strict": "true",
	}
	if diff := cmp.Diff(want, wire); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"name", "tags"}, b.Members); diff != "" {
		t.Error(diff)
	}
}

func TestZeroParamsAreNotSent(t *testing.T) {
	for _, p := range api.Bind(reflect.TypeFor[everything]()).Params {
		if text, ok := p.Text(everything{}); ok {
			t.Errorf("%s was sent as %q", p.Name, text)
		}
	}
}

func TestWrongTextSetsNothing(t *testing.T) {
	wrong := map[string]string{"limit": "ten", "since": "yesterday", "strict": "1"}
	for _, p := range api.Bind(reflect.TypeFor[everything]()).Params {
		text, ok := wrong[p.Name]
		if !ok {
			continue
		}
		var r everything
		if want, ok := p.Set(&r, text); ok || want == "" {
			t.Errorf("%s accepts %q", p.Name, text)
		}
		if !reflect.ValueOf(r).IsZero() {
			t.Errorf("%s was set: %+v", p.Name, r)
		}
	}
}

func TestRequestThatCannotBeBoundPanics(t *testing.T) {
	for why, request := range map[string]any{
		"a parameter that would be in the body too": struct {
			ID   string `path:"id"`
			Name string `json:"name"`
		}{},
		"a field without a tag": struct{ Name string }{},
		"a parameter without text form": struct {
			Tags []string `query:"tags"`
		}{},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was bound", why)
				}
			}()
			api.Bind(reflect.TypeOf(request))
		}()
	}
}

func TestParametersHaveOneForm(t *testing.T) {
	params := map[string]api.Param{}
	for _, p := range api.Bind(reflect.TypeFor[everything]()).Params {
		params[p.Name] = p
	}
	refuse := func(name string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			var req everything
			if want, ok := params[name].Set(&req, text); ok || want == "" {
				t.Errorf("%s=%s is accepted: %+v", name, text, req)
			}
		}
	}
	refuse("limit", "", "0", "-0", "-1", "+5", "05", "5.0", "5e0", "0x5", "1_0", " 5", "٥", "99999999999999999999")
	refuse("strict", "", "1", "True", "TRUE", "yes")
	refuse("since", "", "2027-01-31", "2027-01-31 00:00:00Z", "2027-01-31T0:00:00Z", "2027-01-31T00:00:00,5Z", "2027-01-31T00:00:00+24:00",
		"2027-01-31T00:00:00+01:60", "2027-02-30T00:00:00Z", "2027-01-31T00:00:00z", "2027-01-31T24:00:00Z")
	for name, text := range map[string]string{"limit": "5", "strict": "false", "since": "2027-01-31T00:00:00.5-23:59"} {
		if _, ok := params[name].Set(new(everything), text); !ok {
			t.Errorf("%s=%s is refused", name, text)
		}
	}
}
