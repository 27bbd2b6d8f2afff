// Package palette holds the dialog that searches everything, and leads there.
package palette

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// session is what the palette needs of a session.
type session = listing.Session

// Palette is a dialog that searches keys, applications, Arxes, pages and actions, and leads to them. It opens
// when it is mounted.
type Palette struct {
	app.Compo
	Session session
	Links   []ui.Link // pages
	Calls   shell.Calls

	ctx   app.Context
	text  string
	taken string // what became of a pasted access key
	turn  int    // counts the texts, to search only for the latest
	at    int    // selected choice
	found ui.Reading[finds]
}

// finds are the records that match a text.
type finds struct {
	text         string
	keys         []api.KeySummary
	applications []api.Application
	arxes        []api.Arx
}

// choice is a line of the palette. It has an address or something to do.
type choice struct {
	group, icon, label, detail, keys string
	href                             string
	do                               func()
}

const (
	paletteDialog = "palette"
	paletteField  = "palette-field"
	paletteList   = "palette-list"
	maxFinds      = 4                      // of each kind
	palettePause  = 150 * time.Millisecond // after the latest letter, before the search
)

// OnMount opens the dialog.
func (p *Palette) OnMount(ctx app.Context) {
	p.ctx = ctx
	ui.OpenDialog(ctx, paletteDialog, paletteField)
}

// Render draws the dialog.
func (p *Palette) Render() app.UI {
	choices := p.choices()
	p.at = max(0, min(p.at, len(choices)-1))
	var groups []app.UI
	for from := 0; from < len(choices); {
		to := from
		for to < len(choices) && choices[to].group == choices[from].group {
			to++
		}
		lines := []app.UI{app.Div().Class("group").Aria("hidden", true).Text(choices[from].group)}
		for i := from; i < to; i++ {
			lines = append(lines, p.line(i, choices[i]))
		}
		groups = append(groups, app.Div().Attr("role", "group").Aria("label", choices[from].group).Body(lines...))
		from = to
	}
	count := ui.Counted(len(choices), "result", "results")
	if p.searching() {
		count = searching
	}
	input := app.Input().ID(paletteField).Type("text").Attr("role", "combobox").Aria("label", "Search or jump to").Aria("expanded", len(choices) > 0).
		Aria("controls", paletteList).Attr("aria-autocomplete", "list").Attr("autocomplete", "off").Attr("spellcheck", false).
		MaxLength(600).Placeholder("A name, an id, a page or an action").OnInput(p.input).OnKeyDown(p.key)
	if len(choices) > 0 {
		input.Aria("activedescendant", choiceID(p.at))
	}
	return app.Dialog().ID(paletteDialog).Class("dialog", "palette").Attr("role", "dialog").Aria("label", "Search or jump to").
		On("cancel", p.cancel).On("close", p.cancel).OnClick(p.outside).Body(
		app.Div().Class("palette-field").Body(ui.Icon("search"), input, app.Kbd().Class("keycap").Aria("hidden", true).Text("Esc")),
		app.Div().ID(paletteList).Class("palette-list").Attr("role", "listbox").Aria("label", "Results").TabIndex(-1).Body(groups...),
		ui.Slot(p.said(len(choices))...),
		app.P().Class("palette-foot").Aria("hidden", true).Body(
			app.Span().Body(shell.Keycap("↑"), shell.Keycap("↓"), app.Text("Move")), app.Span().Body(shell.Keycap("Enter"), app.Text("Open")),
			app.Span().Body(shell.Keycap("Ctrl"), shell.Keycap("Enter"), app.Text("Open in a new tab")), app.Span().Class("push").Text(count)),
		app.P().Class("sr").Attr("role", "status").Text(count),
	)
}

// said draws what the results do not say: what became of an access key, that the search is slow or failed, or that
// nothing matches.
func (p *Palette) said(choices int) []app.UI {
	var out []app.UI
	text := p.taken
	switch {
	case p.text == "" || choices > 0 && p.found.Err == nil:
	case p.searching():
		if p.found.Slow {
			text += " " + searching
		}
	case p.found.Err != nil:
		text += " The search failed. " + problem.Of(p.found.Err).Detail
	case p.answered():
		text += " Nothing is called “" + p.text + "”."
		if p.Session.Me().Can[string(api.CreateKey.Permission)] {
			out = append(out, &ui.Button{Label: "Create API key…", Icon: "plus", Small: true, OnClick: func() { p.follow(choice{href: "/keys/new"}, false) }})
		}
	}
	if text == "" {
		return nil
	}
	return []app.UI{app.Div().Class("palette-said").Body(append([]app.UI{app.P().Class("hint").Attr("role", "status").Text(strings.TrimSpace(text))}, out...)...)}
}

// searching is shown until the search is answered.
const searching = "Searching…"

// searching reports whether the text was not searched for yet.
func (p *Palette) searching() bool {
	return p.text != "" && !p.answered() && (p.found.Err == nil || p.found.Running)
}

// answered reports whether the latest search was for the text.
func (p *Palette) answered() bool { return p.found.Here && p.found.Value.text == p.text }

func choiceID(i int) string { return "palette-" + strconv.Itoa(i) }

func (p *Palette) line(i int, c choice) app.UI {
	what := p.marked(c.label)
	if c.detail != "" {
		what = append(what, app.Small().Text(c.detail))
	}
	body := []app.UI{ui.Icon(c.icon), app.Span().Class("what").Body(what...)}
	if c.keys != "" {
		var caps []app.UI
		for key := range strings.FieldsSeq(c.keys) {
			caps = append(caps, shell.Keycap(key))
		}
		body = append(body, app.Span().Class("end").Aria("hidden", true).Body(caps...))
	}
	return app.Div().ID(choiceID(i)).Attr("role", "option").Aria("selected", i == p.at).DataSet("choice", i).OnClick(p.pick).Body(body...)
}

// marked draws the label with the text that it matches.
func (p *Palette) marked(label string) []app.UI {
	low, text := strings.ToLower(label), strings.ToLower(p.text)
	at := strings.Index(low, text)
	if text == "" || at < 0 || len(low) != len(label) { // some letters change their length
		return []app.UI{app.Text(label)}
	}
	end := at + len(text)
	return []app.UI{app.Text(label[:at]), app.Mark().Text(label[at:end]), app.Text(label[end:])}
}

// choices returns what matches the text, in the order of the groups.
func (p *Palette) choices() []choice {
	var out []choice
	if p.text == "" {
		for _, l := range p.Calls.Places {
			out = append(out, choice{group: "Last places", icon: l.Icon, label: l.Text, href: l.Href})
		}
	}
	out = append(out, p.pasted()...)
	if f := &p.found.Value; p.text != "" && f.text == p.text {
		for _, k := range f.keys {
			out = append(out, choice{group: "API keys", icon: "key", label: k.Title(), detail: k.Application.Name + " → " + k.Arx.Name + off(k.Status == api.KeyDeleted, "deleted"), href: "/keys/" + k.ID})
		}
		for _, a := range f.applications {
			out = append(out, choice{group: "Applications", icon: "app", label: a.Name, detail: ui.Counted(a.Keys.Total, "key", "keys") + off(a.Status == api.ApplicationArchived, "archived"), href: "/applications/" + a.ID})
		}
		for _, a := range f.arxes {
			out = append(out, choice{group: "Arxes", icon: "arx", label: a.Name, detail: string(a.Purpose) + off(a.Status == api.ArxDeleted, "deleted"), href: "/arxes/" + a.ID})
		}
		if len(f.keys) > 0 && f.keys[0].Status != api.KeyDeleted {
			k := f.keys[0]
			if k.May("rotate") || k.May("replace") {
				out = append(out, choice{group: "Actions", icon: "rotate", label: "Rotate " + k.Title(), href: "/keys/" + k.ID + "#rotate"})
			}
			if k.May("update") {
				out = append(out, choice{group: "Actions", icon: "edit", label: "Edit " + k.Title(), href: "/keys/" + k.ID + "/edit"})
			}
		}
		if len(f.applications) > 0 {
			a := f.applications[0]
			if a.Status == api.ApplicationActive && p.Session.Me().Can[string(api.CreateKey.Permission)] {
				out = append(out, choice{group: "Actions", icon: "plus", label: "Create API key for " + a.Name, href: "/keys/new?application=" + a.ID})
			}
			out = append(out, p.copying(a.ID, a.Name))
		}
		if len(f.keys) > 0 {
			out = append(out, p.copying(f.keys[0].ID, f.keys[0].Title()))
		}
		if len(f.arxes) > 0 {
			out = append(out, p.copying(f.arxes[0].ID, f.arxes[0].Name))
		}
	}
	return append(out, p.fixed()...)
}

// off returns the word, as the end of a detail, if it is so.
func off(is bool, word string) string {
	if !is {
		return ""
	}
	return " · " + word
}

func (p *Palette) copying(id, name string) choice {
	return choice{group: "Actions", icon: "copy", label: "Copy the id of " + name, do: func() { p.Calls.OnCopy(id) }}
}

// pasted returns the choice that leads to the record whose id the text is, until the search has found out about it.
func (p *Palette) pasted() []choice {
	for _, is := range []struct{ prefix, group, icon, href string }{
		{api.KeyPrefix, "API keys", "key", "/keys/"}, {api.ApplicationPrefix, "Applications", "app", "/applications/"},
		{api.ArxPrefix, "Arxes", "arx", "/arxes/"}, {api.ManagementKeyPrefix, "Management keys", "access", "/access?q="},
	} {
		if api.ValidID(is.prefix, p.text) && (!p.answered() || is.prefix == api.ManagementKeyPrefix) {
			return []choice{{group: is.group, icon: is.icon, label: p.text, href: is.href + p.text}}
		}
	}
	return nil
}

// fixed returns the actions and pages that match the text.
func (p *Palette) fixed() []choice {
	var all []choice
	for _, a := range []struct {
		may  api.Permission
		link ui.Link
		keys string
	}{
		{api.CreateKey.Permission, ui.Link{Text: "Create API key", Href: "/keys/new", Icon: "plus"}, "C"},
		{api.CreateApplication.Permission, ui.Link{Text: "Create application", Href: "/applications/new", Icon: "plus"}, ""},
		{api.CreateArx.Permission, ui.Link{Text: "Create Arx", Href: "/arxes/new", Icon: "plus"}, ""},
	} {
		if p.Session.Me().Can[string(a.may)] {
			all = append(all, choice{group: "Actions", icon: a.link.Icon, label: a.link.Text, href: a.link.Href, keys: a.keys})
		}
	}
	all = append(all, choice{group: "Actions", icon: "keyboard", label: "Keyboard shortcuts", keys: "?", do: p.Calls.OnKeys})
	for _, l := range p.Links {
		page := choice{group: "Pages", icon: l.Icon, label: l.Text, href: l.Href}
		if key := shell.KeyTo(l.Href); key != "" {
			page.keys = "G " + key
		}
		all = append(all, page)
	}
	all = append(all, choice{group: "Pages", icon: "book", label: "Documents", href: shell.GuidesPath}, choice{group: "Pages", icon: "terminal", label: "API reference", href: shell.ReferencePath})
	var out []choice
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.label), strings.ToLower(p.text)) {
			out = append(out, c)
		}
	}
	return out
}

// input takes over the text. An access key is replaced by its key's id, before anything else sees it.
func (p *Palette) input(ctx app.Context, _ app.Event) {
	field := ctx.JSSrc()
	text := field.Get("value").String()
	p.taken = ""
	if safe, notice := listing.Redact(text); notice != nil {
		text = safe
		field.Set("value", safe)
		p.taken = notice.Text + " " + notice.Detail
	}
	p.text, p.at = strings.TrimSpace(text), 0
	p.turn++
	turn := p.turn
	ctx.After(palettePause, func(app.Context) {
		if p.turn == turn && p.text != "" {
			p.search()
		}
	})
}

// search reads the records that match the text.
func (p *Palette) search() {
	text, c := p.text, p.Session.Client()
	p.found.Queue(p.ctx, func(ctx context.Context) (finds, error) { return find(ctx, c, text) }, nil)
}

// find reads the records whose name or id matches; an id also finds what is deleted or archived.
func find(ctx context.Context, c *client.Client, text string) (finds, error) {
	f := finds{text: text}
	page := api.Page{Query: text, Limit: maxFinds}
	gone := func(prefix, word string) string {
		if api.ValidID(prefix, text) {
			return word
		}
		return ""
	}
	var wait sync.WaitGroup
	var errs [3]error
	wait.Go(func() {
		var list api.KeyList
		list, errs[0] = client.Call(ctx, c, api.ListKeys, api.ListKeysRequest{Page: page, Include: gone(api.KeyPrefix, "deleted")})
		f.keys = list.Items
	})
	wait.Go(func() {
		var list api.ApplicationList
		list, errs[1] = client.Call(ctx, c, api.ListApplications, api.ListApplicationsRequest{Page: page, Include: gone(api.ApplicationPrefix, "archived")})
		f.applications = list.Items
	})
	wait.Go(func() {
		var list api.ArxList
		list, errs[2] = client.Call(ctx, c, api.ListArxes, api.ListArxesRequest{Page: page, Include: gone(api.ArxPrefix, "deleted")})
		f.arxes = list.Items
	})
	wait.Wait()
	return f, cmp.Or(errs[0], errs[1], errs[2])
}

// key moves the selection and follows it.
func (p *Palette) key(ctx app.Context, e app.Event) {
	choices := p.choices()
	n := len(choices)
	switch key := e.Get("key").String(); {
	case n == 0:
		return
	case key == "ArrowDown":
		p.at = (p.at + 1) % n
	case key == "ArrowUp":
		p.at = (p.at + n - 1) % n
	case key == "Enter":
		p.follow(choices[min(p.at, n-1)], e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool())
	default:
		return
	}
	e.PreventDefault()
	ctx.Defer(func(app.Context) {
		if line := ui.ByID(choiceID(p.at)); line.Truthy() {
			line.Call("scrollIntoView", map[string]any{"block": "nearest"})
		}
	})
}

func (p *Palette) pick(ctx app.Context, e app.Event) {
	i, err := strconv.Atoi(ctx.JSSrc().Get("dataset").Get("choice").String())
	if choices := p.choices(); err == nil && i < len(choices) {
		p.follow(choices[i], e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool())
	}
}

// follow closes the palette and does what the choice says.
func (p *Palette) follow(c choice, newTab bool) {
	outside := strings.HasPrefix(c.href, shell.ReferencePath)
	if newTab && c.href != "" && !outside {
		app.Window().Call("open", c.href, "_blank") // with its opener, the tab gets a copy of the session
		return
	}
	p.close()
	switch {
	case c.do != nil:
		c.do()
	case outside:
		app.Window().Call("open", c.href, "_blank", "noopener")
	default:
		p.Calls.OnOpen(c.href)
	}
}

// close closes the dialog. The shell stops drawing it.
func (p *Palette) close() {
	ui.CloseDialog(paletteDialog)
	p.Calls.OnClose()
}

func (p *Palette) cancel(_ app.Context, e app.Event) {
	e.PreventDefault()
	p.close()
}

// outside closes the palette when a person clicks beside it.
func (p *Palette) outside(_ app.Context, e app.Event) {
	if target := e.Get("target"); target.Truthy() && target.Equal(ui.ByID(paletteDialog)) {
		p.close()
	}
}
