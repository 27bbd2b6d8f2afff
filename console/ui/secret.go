package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Secret is the box of a secret that is shown once. Until it is revealed, the page contains only its
// beginning and its end.
type Secret struct {
	Name       string // accessible name, such as "Access key"
	Text       string // the whole secret
	Prefix     string // its beginning, dimmed
	HeadChars  int    // characters shown after the prefix while masked
	TailChars  int    // characters shown at the end while masked
	Revealed   bool
	Copied     bool
	CopyName   string
	RevealName string
	OnCopy     func()
	OnReveal   func()
	Actions    []app.UI // more buttons
}

// UI draws the box.
func (s Secret) UI() app.UI {
	code := app.Code().Class("secret-key").Body(s.text()...)
	icon, copied := "eye", "copy"
	if s.Revealed {
		icon = "eye-off"
	}
	if s.Copied {
		copied = "check"
	}
	buttons := append([]app.UI{
		&Button{Label: s.CopyName, Icon: copied, Look: Primary, OnClick: s.OnCopy},
		&Button{Label: "Reveal", Name: s.RevealName, Icon: icon, Toggle: true, Pressed: s.Revealed, OnClick: s.OnReveal},
	}, s.Actions...)
	return app.Div().Class("secret").Attr("role", "group").Aria("label", s.Name).Body(
		code, app.Div().Class("secret-foot").Body(buttons...))
}

func (s Secret) text() []app.UI {
	prefix, rest := app.Span().Class("pre").Text(s.Prefix), strings.TrimPrefix(s.Text, s.Prefix)
	if s.Revealed || len(rest) <= s.HeadChars+s.TailChars {
		return []app.UI{prefix, app.Text(rest)}
	}
	return []app.UI{
		prefix, app.Text(rest[:s.HeadChars]),
		app.Span().Class("mask").Aria("hidden", true).Text(strings.Repeat("•", len(rest)-s.HeadChars-s.TailChars)),
		app.Span().Class("sr").Text(" masked, ends in "),
		app.Text(rest[len(rest)-s.TailChars:]),
	}
}
