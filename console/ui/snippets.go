package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Snippet is a piece of code to copy.
type Snippet struct {
	Name  string // of its language or tool
	Code  string
	Where string // where it runs, as [Prose]
}

// Snippets shows one of several snippets, by tabs, with a button that copies it.
type Snippets struct {
	app.Compo
	Items []Snippet

	ctx       app.Context
	at        int
	clipboard Clipboard
}

// OnMount keeps the context.
func (s *Snippets) OnMount(ctx app.Context) { s.ctx = ctx }

// Render draws the tabs and the chosen snippet.
func (s *Snippets) Render() app.UI {
	at := min(s.at, len(s.Items)-1)
	tabs := make([]app.UI, len(s.Items))
	for i, item := range s.Items {
		tab := app.Button().Type("button").Attr("role", "tab").ID("snippet-"+strconv.Itoa(i)).Aria("controls", "snippet").
			Aria("selected", i == at).TabIndex(-1).DataSet("at", i).OnClick(s.click).OnKeyDown(s.key).Text(item.Name)
		if i == at {
			tab.TabIndex(0)
		}
		tabs[i] = tab
	}
	chosen := s.Items[at]
	icon := "copy"
	if s.clipboard.Has(chosen.Code) {
		icon = "check"
	}
	return app.Div().Class("snippets").Body(
		app.Div().Class("snippets-head").Body(
			app.Div().Class("tabs").Attr("role", "tablist").Aria("label", "Language").Body(tabs...),
			&Button{Label: "Copy", Name: "Copy the code", Icon: icon, Small: true, OnClick: s.copy},
		),
		app.Div().ID("snippet").Attr("role", "tabpanel").Aria("labelledby", "snippet-"+strconv.Itoa(at)).Body(
			app.Div().Class("code").Body(app.Pre().TabIndex(0).Aria("label", chosen.Name+" code").Text(chosen.Code)),
			app.P().Class("where").Body(Prose(chosen.Where)...),
		),
	)
}

func (s *Snippets) copy() {
	item := s.Items[min(s.at, len(s.Items)-1)]
	s.clipboard.Copy(s.ctx, item.Code, item.Name+" code")
}

func (s *Snippets) click(ctx app.Context, _ app.Event) {
	s.at, _ = strconv.Atoi(ctx.JSSrc().Get("dataset").Get("at").String())
}

func (s *Snippets) key(ctx app.Context, e app.Event) {
	n := len(s.Items)
	switch e.Get("key").String() {
	case "ArrowRight":
		s.at = (s.at + 1) % n
	case "ArrowLeft":
		s.at = (s.at + n - 1) % n
	case "Home":
		s.at = 0
	case "End":
		s.at = n - 1
	default:
		return
	}
	e.PreventDefault()
	Focus(ctx, "snippet-"+strconv.Itoa(s.at))
}
