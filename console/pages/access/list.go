// Package access holds the console's pages of management keys and roles.
package access

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/keys"
	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

type session = listing.Drafts

// List is the page of all management keys. It also shows what each role may do.
type List struct {
	app.Compo
	session session
	ctx     app.Context

	list      listing.List[api.ManagementKeyRecord, api.ManagementKeyTotals]
	confirm   ui.ConfirmDialog
	clipboard ui.Clipboard
}

// NewList returns the page.
func NewList(s session) *List {
	l := &List{session: s}
	l.list = listing.List[api.ManagementKeyRecord, api.ManagementKeyTotals]{
		Title: "Access", Lead: "Management keys let machines manage API keys over HTTPS: CI, Terraform, scripts.",
		Noun: "management key", Plural: "management keys",
		Create: ui.Link{Text: "Create management key", Href: "/access/new"},
		Search: "Search by name or id",
		Filters: []listing.Filter{{Param: "status", Label: "Status", Any: "Any status", Options: []ui.Option{
			{Value: string(api.ManagementKeyActive), Label: "Active"}, {Value: string(api.ManagementKeyExpired), Label: "Expired"},
		}}},
		Columns: columns,
		Empty: ui.Empty{
			Draw: keys.Drawing, Title: "No management keys yet",
			Text: "People sign in; machines present a management key. Each key has a role and an expiry.",
		},
		First: "Create the first management key",
		Totals: func(t api.ManagementKeyTotals) []ui.Total {
			return []ui.Total{{Label: "Total", Count: t.Total}, {Label: "Active", Status: "active", Count: t.Active}, {Label: "Expired", Status: "expired", Count: t.Expired}}
		},
		Whole: func(t api.ManagementKeyTotals, _ bool) int { return t.Total },
		Row:   l.row,
		At:    api.ManagementKeyRecord.At,
		Turns: api.ManagementKeyRecord.Turns,
		ID:    func(k api.ManagementKeyRecord) string { return k.ID },
		Fits:  func(k api.ManagementKeyRecord, _ listing.View) bool { return k.Status != api.ManagementKeyDeleted },
		Count: func(t *api.ManagementKeyTotals, k api.ManagementKeyRecord, by int) {
			switch k.Status {
			case api.ManagementKeyActive:
				t.Active += by
			case api.ManagementKeyExpired:
				t.Expired += by
			default: // deleted ones are not stored
				return
			}
			t.Total += by
		},
		Read: l.read,
	}
	return l
}

// OnMount reads the list, if the signed-in person may.
func (l *List) OnMount(ctx app.Context) {
	l.ctx = ctx
	if may(l.session) {
		l.list.Mount(ctx)
	}
}

// OnNav reads what the new address asks for.
func (l *List) OnNav(app.Context) {
	if may(l.session) {
		l.list.Visit()
	}
}

func may(s session) bool { return s.Me().Can[string(api.ManageManagementKeys)] }

func (l *List) read(ctx context.Context, v listing.View, page api.Page) (api.ManagementKeyList, error) {
	return client.Call(ctx, l.session.Client(), api.ListManagementKeys, api.ListManagementKeysRequest{
		Page: page, Status: api.ManagementKeyStatus(v.Chosen["status"]),
	})
}

// Render draws the page. A person who may not manage management keys sees only the roles.
func (l *List) Render() app.UI {
	if !may(l.session) {
		me := l.session.Me()
		return ui.Page(ui.Head{Title: "Access", Lead: "You are " + me.Principal.Name + ", " + string(me.Role) + "."},
			ui.Banner("", "info", "Only owners manage management keys.", "Ask an owner of your organisation for one, or for another role."),
			roles(me.Role), people())
	}
	if !l.list.Came() { // what stands below waits for the list, so that it does not move
		return l.list.Page()
	}
	return l.list.Page(roles(l.session.Me().Role), people(), ui.Slot(l.confirm.UI()))
}

var columns = []ui.Column{
	{Head: "Management key", Size: "name"}, {Head: "Role", Class: "p-line"}, {Head: "Status", Class: "p-side"}, {Head: "Created", NoWrap: true, Wide: true}, {Head: "Last used", NoWrap: true, Class: "p-last"},
	{Head: "Expires", NoWrap: true, Size: "time"}, {Head: "Actions", Menu: true},
}

func (l *List) row(k api.ManagementKeyRecord, now time.Time) ui.Row {
	used := []app.UI{app.Span().Class("muted").Text("Never")}
	if k.LastUsedAt != nil {
		used = []app.UI{ui.When(*k.LastUsedAt, now)}
	}
	expires, ends, verb := []app.UI{ui.Date(k.ExpiresAt, now)}, ui.Day(k.ExpiresAt, now), " · expires "
	if soon := ui.Soon(k.ExpiresAt, now); soon != "" {
		expires, ends = append(expires, app.Span().Class("t-sub", "soon").Text(soon)), soon
	}
	if k.Status == api.ManagementKeyExpired {
		verb = " · expired "
	}
	phone := ui.LastUsed(k.LastUsedAt, now) + verb + ui.InText(k.ExpiresAt, ends)
	return ui.Row{
		Active: l.clipboard.Has(k.ID),
		Cells: [][]app.UI{
			{app.Span().Class("t-main").TabIndex(-1).Text(k.Name), &ui.CopyID{ID: k.ID, Name: "Copy management key id", Of: k.Name, Copied: l.clipboard.Has(k.ID), OnCopy: l.copyID}},
			{app.Text(ui.Sentence(string(k.Role)))},
			{ui.Badge(string(k.Status), ui.Sentence(string(k.Status)))},
			{ui.Date(k.CreatedAt, now), app.Span().Class("t-sub").Text(k.CreatedBy.Name)},
			{app.Span().Class("wide-only").Body(used...), app.Span().Class("phone-line").Body(ui.Timed(phone)...)},
			expires,
			{&ui.Menu{ID: k.ID, Name: "Actions for " + k.Name, Actions: l.actions(k)}},
		},
	}
}

func (l *List) copyID(id string) { l.clipboard.Copy(l.ctx, id, "Management key id "+id) }

func (l *List) actions(k api.ManagementKeyRecord) []ui.Action {
	return []ui.Action{
		{Label: "Copy management key id", Icon: "copy", Do: func() { l.copyID(k.ID) }},
		{Label: "Show its activity", Icon: "activity", Do: func() { l.ctx.Navigate("/activity?person=" + k.ID) }},
		{Label: "Delete", Icon: "trash", Ends: true, Refuse: k.WhyNot("delete"), Do: func() { l.startDeletion(k) }},
	}
}

// startDeletion opens the dialog that confirms the deletion of the management key.
func (l *List) startDeletion(k api.ManagementKeyRecord) {
	now := time.Now()
	s := ui.Stops{Facts: func() []ui.Fact {
		used := ui.TextFact("Last used", "Never", "")
		if k.LastUsedAt != nil {
			used.Value = []app.UI{ui.When(*k.LastUsedAt, time.Now())}
		}
		return []ui.Fact{ui.TextFact("Name", k.Name, ""), {Term: "Id", Value: []app.UI{app.Code().Text(k.ID)}}, ui.TextFact("Role", ui.Sentence(string(k.Role)), ""), used}
	}}
	if k.LastUsedAt != nil && now.Sub(*k.LastUsedAt) < 24*time.Hour {
		s.Warning, s.Detail = "A machine is using it.", "Its last call was within the last 24 hours. Its next call will be refused."
	}
	l.confirm.Open(l.ctx, ui.Confirm{
		Title: "Delete management key", Verb: "Delete",
		Lead:   "Calls with it are refused within seconds. This can’t be undone.",
		Stops:  s,
		Failed: "It was not deleted.",
		Do: func(ctx context.Context) error {
			_, err := client.Call(ctx, l.session.Client(), api.DeleteManagementKey, api.Target{ID: k.ID})
			if problem.Is(err, problem.NotFound) {
				return nil // somebody else has deleted it already
			}
			return err
		},
		Done: ui.Report(l.ctx, ui.Toast{Text: k.Name + " is deleted.", Detail: "It is refused within seconds."}, func() {
			k.Status = api.ManagementKeyDeleted
			l.list.Changed(k)
		}),
	}.Named(k.Name, "management key"))
}
