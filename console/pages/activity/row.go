package activity

import (
	"cmp"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

var columns = []ui.Column{
	{Head: "When", NoWrap: true, Size: "time"}, {Head: "Who", Class: "p-last"}, {Head: "Did what", Class: "p-start", Size: "time"}, {Head: "On what", Class: "p-rest"},
	{Head: "From", NoWrap: true, Class: "p-side", Size: "status"}, {Head: "What changed", Menu: true},
}

func (l *List) row(e api.AuditEvent, now time.Time) ui.Row {
	hour, day := clock(e.At, now)
	open := l.open == e.ID
	return ui.Row{
		Active: open,
		Cells: [][]app.UI{
			{ui.Timestamp(e.At, hour).Class("t-main"), app.Span().Class("t-sub").Text(day)},
			{ui.Words(e.Principal.Name), app.Span().Class("t-sub").Text(Way(e.Principal))},
			{app.B().Text(Did(e.Action))},
			{named(e.Resource), app.Span().Class("t-sub").Text(KindName(e.Resource.Kind))},
			{app.Code().Text(e.From)},
			{&ui.Disclosure{ID: e.ID, What: Did(e.Action) + " " + Name(e.Resource), Open: open, OnToggle: l.toggle}},
		},
		Folds:  true,
		Detail: detail(e, open),
	}
}

func named(r api.AuditResource) app.UI {
	if address := Address(r); address != "" {
		return app.A().Class("t-text").Href(address).Text(Name(r))
	}
	return ui.Words(Name(r))
}

// detail draws the details of an event: the fields before and after, and the ids to find it elsewhere.
func detail(e api.AuditEvent, open bool) []app.UI {
	if !open {
		return nil
	}
	return []app.UI{
		Changes(e),
		app.Dl().Class("diff", "diff-more").Body(
			app.Dt().Text("event"), app.Dd().Text(e.ID),
			app.Dt().Text("resource"), app.Dd().Text(e.Resource.ID),
			app.Dt().Text("request"), app.Dd().Text(e.RequestID),
			app.Dt().Text("hash"), app.Dd().Body(app.Span().Class("hash").Text(e.Hash)),
		),
	}
}

// options returns people or resources to filter by, sorted by name.
func options(people map[string]string, things map[string]api.AuditResource) []ui.Option {
	var out []ui.Option
	for id, name := range people {
		out = append(out, ui.Option{Value: id, Label: name})
	}
	for id, r := range things {
		out = append(out, ui.Option{Value: id, Label: Name(r) + " · " + KindName(r.Kind)})
	}
	ui.Sort(out, func(a, b ui.Option) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), cmp.Compare(a.Value, b.Value))
	})
	return out
}
