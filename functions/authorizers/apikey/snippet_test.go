package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/arxkeys/arxkeys/console/snippet"
)

func TestAuthorizerStartsWithTheEnvironmentThatTheConsoleOffers(t *testing.T) {
	for _, scopes := range [][]string{nil, {"quotes:read", "quotes:write"}} {
		var template struct {
			Environment struct {
				Variables map[string]string `yaml:"Variables"`
			} `yaml:"Environment"`
		}
		code := snippet.Use{ArxID: "arx_7Hq2VbN4xT9mKc3R", Tenant: "123", Scopes: scopes}.Authorizer()
		if err := yaml.Unmarshal([]byte(code), &template); err != nil {
			t.Fatalf("%v\n%s", err, code)
		}
		got, err := readSettings(func(name string) (string, bool) {
			value, ok := template.Environment.Variables[name]
			return value, ok
		})
		if err != nil {
			t.Fatal(err)
		}
		want := settings{arxID: "arx_7Hq2VbN4xT9mKc3R", tenant: "123", required: map[string][]string{"ANY /{proxy+}": append([]string{}, scopes...)}}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(settings{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
