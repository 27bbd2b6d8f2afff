package api_test

import (
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestMethodsOfTheMostLiteralPath(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/keys":                   "GET HEAD POST",
		"/v1/keys/key_1":             "DELETE GET HEAD PATCH",
		"/v1/keys/verify":            "POST",
		"/v1/keys/key_1/end-overlap": "POST",
		"/v1/whoami":                 "GET HEAD",
		"/v1/keys/":                  "",
		"/v1/keys/key_1/":            "",
		"/v1/keys/{id}/none":         "",
		"/v1":                        "",
		"":                           "",
	} {
		if got := strings.Join(api.Methods(path), " "); got != want {
			t.Errorf("%q has the methods %q, want %q", path, got, want)
		}
	}
}
