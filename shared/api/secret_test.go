package api_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// spellings are the forms in which a key may be pasted, by description.
func spellings(t *testing.T) map[string]string {
	t.Helper()
	access, err := accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	management, err := accesskey.NewManagement("01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"an access key":                  access.Reveal(),
		"a management key":               management.Reveal(),
		"a key inside of other text":     "https://arx.example/?key=" + access.Reveal() + "&x",
		"a percent-encoded key":          strings.ReplaceAll(access.Reveal(), "_", "%5f"),
		"a key that is encoded twice":    strings.ReplaceAll(access.Reveal(), "_", "%255F"),
		"a key with an escape of JSON's": strings.ReplaceAll(access.Reveal(), "k_", `\u006b_`),
	}
}

// TestNoTextOfARequestMayContainAKey puts a key into every string of every request, one at a time.
func TestNoTextOfARequestMayContainAKey(t *testing.T) {
	texts := 0
	for _, op := range api.Operations() {
		if op.Name == api.VerifyKey.Name { // which is about an access key, and stores nothing
			continue
		}
		for what, key := range spellings(t) {
			fill(reflect.New(op.Request).Elem(), key, func(request reflect.Value, field string) {
				texts++
				err := request.Interface().(api.Request).Validate()
				p := problem.Of(err)
				if !problem.Is(err, problem.InvalidField) {
					t.Errorf("%s: %s in %s: %v", op.Name, what, field, err)
					return
				}
				var codes []string
				for _, f := range p.Fields {
					if f.Field == field {
						codes = append(codes, f.Code)
					}
					if strings.Contains(f.Detail, key) {
						t.Errorf("%s: the refusal of %s repeats the key", op.Name, field)
					}
				}
				if fmt.Sprint(codes) != "[secret]" {
					t.Errorf("%s: %s in %s: codes %v", op.Name, what, field, codes)
				}
			})
		}
	}
	if texts < 300 { // 50 texts in 6 forms
		t.Errorf("only %d texts were tried", texts)
	}
}

// fill calls try with the request once for each string in it, which then contains the key, and with the
// name of that string's field. It panics for a type that it does not support.
func fill(request reflect.Value, key string, try func(request reflect.Value, field string)) {
	var walk func(v reflect.Value, field string)
	walk = func(v reflect.Value, field string) {
		set := func(value any, field string) {
			was := reflect.ValueOf(v.Interface())
			v.Set(reflect.ValueOf(value).Convert(v.Type()))
			try(request, field)
			v.Set(was)
		}
		switch v.Interface().(type) {
		case json.RawMessage:
			for _, metadata := range metadataWith(key) {
				set(json.RawMessage(metadata), field)
			}
			return
		case api.Patch[string]:
			set(api.Set(key), field)
			return
		case api.Patch[[]string]:
			set(api.Set([]string{"x", key}), field+"[1]")
			return
		case api.Patch[api.Cycle]:
			set(api.Set(api.Cycle(key)), field)
			return
		case api.Patch[json.RawMessage]:
			for _, metadata := range metadataWith(key) {
				set(api.Set(json.RawMessage(metadata)), field)
			}
			return
		case time.Time, *time.Time, *int, *api.RateLimit, api.Patch[int], api.Patch[time.Time], api.Patch[api.RateLimit]:
			return
		}
		switch v.Kind() {
		case reflect.String:
			set(key, field)
		case reflect.Slice:
			set([]string{"x", key}, field+"[1]")
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				for _, place := range []string{"query", "header"} {
					if param, ok := f.Tag.Lookup(place); ok {
						name = param
					}
				}
				if _, inPath := f.Tag.Lookup("path"); !inPath {
					walk(v.Field(i), name)
				}
			}
		case reflect.Int, reflect.Bool:
		default:
			panic(fmt.Sprintf("%s: no way to put a text into a %s", field, v.Type()))
		}
	}
	walk(request, "")
}

// metadataWith returns metadata with the key as a name and as a value, at several depths.
func metadataWith(key string) []string {
	quoted, _ := json.Marshal(key)
	escaped := `"` + key + `"` // escapes stay, and represent characters
	var all []string
	for _, text := range []string{string(quoted), escaped} {
		all = append(all, `{"a":`+text+`}`, `{`+text+`:1}`, `{"a":[1,{"b":[`+text+`]}]}`, `{"a":[{`+text+`:null}]}`)
	}
	return all
}

func TestRefusalOfAKeySaysWhichToRevoke(t *testing.T) {
	for what, key := range spellings(t) {
		want := "key_01J9Zk3V8QpTfW2x"
		if what == "a management key" {
			want = "mgk_01J9Zk3V8QpTfW2x"
		}
		err := api.CreateApplicationRequest{Name: "a", Technology: api.Server, Description: key}.Validate()
		if p := problem.Of(err); p == nil || !strings.Contains(p.Detail, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestVerificationAcceptsAnOriginThatContainsAKey(t *testing.T) {
	for _, key := range spellings(t) {
		wrong(t, api.VerifyKeyRequest{Key: api.ClearText(key), Origin: "https://" + key})
	}
}
