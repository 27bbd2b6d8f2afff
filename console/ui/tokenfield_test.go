package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPastedWordsAreTakenAndNoneIsLost(t *testing.T) {
	for _, c := range []struct {
		words  []string
		rest   string
		tokens []string
		typed  string
	}{
		{[]string{"a:read", "b:read"}, "c", []string{"a:read", "b:read"}, "c"},
		{[]string{"a:read", "B", "c:read", "d:read"}, "e", []string{"a:read"}, "B c:read d:read e"},
	} {
		f := &TokenField{Refuse: func(text string) string {
			if text != strings.ToLower(text) {
				return "Scopes are lower case."
			}
			return ""
		}, OnChange: func([]string, string) {}}
		f.take(c.words, c.rest)
		if diff := cmp.Diff(c.tokens, f.Tokens); diff != "" || f.Typed != c.typed {
			t.Errorf("%q in the field, want %q; tokens (-want +got):\n%s", f.Typed, c.typed, diff)
		}
	}
	for _, r := range ", \n\t\u00a0" {
		if !isSeparator(r) {
			t.Errorf("%q does not end a word", r)
		}
	}
}
