package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestShortWordDoesNotBreakAtItsHyphen(t *testing.T) {
	for text, want := range map[string]string{
		"AWS · eu-central-1, eu-west-1": "AWS · [eu-central-1,] [eu-west-1]",
		"Delivery rates, Europe":        "Delivery rates, Europe",
		"rotates  6-monthly ":           "rotates  [6-monthly] ",
		"a-word-that-may-not-find-room": "a-word-that-may-not-find-room",
		"":                              "",
	} {
		got := app.HTMLString(app.P().Body(Whole(text)...))
		got = strings.NewReplacer(`<span class="nowrap">`, "[", "</span>", "]", "<p>", "", "</p>", "", "\n", "").Replace(got)
		if squeeze(got) != squeeze(want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBackquotesInANameAreNoMarkup(t *testing.T) {
	for _, name := range []string{"a`b", "`", "``", "`a`", "a`b`c`", "<b>`</b>"} {
		got := app.HTMLString(app.P().Body(Prose("Stop " + Verbatim(name) + " with `DELETE`.")...))
		want := app.HTMLString(app.P().Body(app.Text("Stop "+name+" with "), app.Code().Text("DELETE"), app.Text(".")))
		if squeeze(got) != squeeze(want) {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

// squeeze removes white space: go-app indents its output.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
