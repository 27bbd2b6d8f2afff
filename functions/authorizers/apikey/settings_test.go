package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settingsFrom returns a lookup in a valid environment with changes.
func settingsFrom(change map[string]string, without ...string) func(string) (string, bool) {
	all := map[string]string{"ARX_ID": "arx_0123456789abcdef", "TENANT": "acme", "REQUIRED_SCOPES": `{"GET /pets/{id}": ["pets:read"]}`}
	for name, value := range change {
		all[name] = value
	}
	for _, name := range without {
		delete(all, name)
	}
	return func(name string) (string, bool) { value, ok := all[name]; return value, ok }
}

func TestMisconfiguredAuthorizerDoesNotStart(t *testing.T) {
	refuse := func(lookup func(string) (string, bool), why string) {
		t.Helper()
		if s, err := readSettings(lookup); err == nil || !strings.HasPrefix(err.Error(), why) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want %s", s, err, why)
		}
	}
	refuse(settingsFrom(nil, "ARX_ID"), `ARX_ID is "": set the id`)
	refuse(settingsFrom(nil, "TENANT"), `TENANT is "": set the tenant`)
	for _, id := range []string{"", "**", "arx_*", "arx_0123456789abcde", "app_0123456789abcdef", " arx_0123456789abcdef", "arx_0123456789abcdef,arx_0123456789abcdeg"} {
		refuse(settingsFrom(map[string]string{"ARX_ID": id}), "ARX_ID is ")
	}
	for _, tenant := range []string{"", "Acme", "a b", "a*", strings.Repeat("a", 64), "acme\n"} {
		refuse(settingsFrom(map[string]string{"TENANT": tenant}), "TENANT is ")
	}
	for _, text := range []string{
		"", " ", "null", "[]", `"GET /"`, "1", "{", `{"GET /": ["a"]`, `{"GET /": "a"}`, `{"GET /": [1]}`, `{"GET /": ["a"], "GET /": []}`, `{"GET /": ["a"]} {}`,
		`{"GET /": null}`, `{"get /": ["a"]}`, `{"/": ["a"]}`, `{"*": ["a"]}`, `{"GET pets": ["a"]}`, `{"GET /a b": ["a"]}`, `{"": []}`,
		`{"GET /": ["A"]}`, `{"GET /": [""]}`, `{"GET /": ["a", "a"]}`, `{"GET /": [null]}`, `{"GET /": ["` + strings.Repeat("a", 65) + `"]}`,
	} {
		refuse(settingsFrom(map[string]string{"REQUIRED_SCOPES": text}), "REQUIRED_SCOPES ")
	}
}

func TestSettingsAreRead(t *testing.T) {
	for _, c := range []struct {
		lookup func(string) (string, bool)
		want   settings
	}{
		{settingsFrom(nil), settings{"arx_0123456789abcdef", "acme", map[string][]string{"GET /pets/{id}": {"pets:read"}}}},
		{settingsFrom(map[string]string{"ARX_ID": "*", "TENANT": "*"}, "REQUIRED_SCOPES"), settings{"*", "*", nil}},
		{settingsFrom(map[string]string{"REQUIRED_SCOPES": `{}`}), settings{"arx_0123456789abcdef", "acme", map[string][]string{}}},
		{settingsFrom(map[string]string{"REQUIRED_SCOPES": `{"$default": [], "ANY /{proxy+}": ["a:*", "b"]}`}),
			settings{"arx_0123456789abcdef", "acme", map[string][]string{"$default": {}, "ANY /{proxy+}": {"a:*", "b"}}}},
	} {
		got, err := readSettings(c.lookup)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(settings{})); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}
