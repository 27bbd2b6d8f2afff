package access

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// table lists what each role may do.
var table = []struct {
	role                                             api.Role
	verify, check, keys, catalog, activity, machines string
}{
	{api.Owner, "Yes", "No", "Everything", "Everything", "Read", "Everything"},
	{api.Admin, "Yes", "No", "Everything", "Everything", "Read", "No"},
	{api.Developer, "Yes", "No", "Everything", "Read", "No", "No"},
	{api.Verifier, "Yes", "Yes", "No", "No", "No", "No"},
}

// roles draws what each role may do, and marks the reader's own role.
func roles(own api.Role) app.UI {
	columns := []ui.Column{{Head: "Role"}, {Head: "Verify"}, {Head: "Check at a gateway"}, {Head: "API keys"}, {Head: "Applications and Arxes"}, {Head: "Activity"}, {Head: "Management keys"}}
	rows := make([]ui.Row, len(table))
	for i, r := range table {
		name := []app.UI{app.Span().Class("t-main").Text(ui.Sentence(string(r.role)))}
		if r.role == own {
			name = append(name, app.Span().Class("t-sub").Text("You"))
		}
		rows[i] = ui.Row{Cells: [][]app.UI{name, {answer(r.verify)}, {answer(r.check)}, {answer(r.keys)}, {answer(r.catalog)}, {answer(r.activity)}, {answer(r.machines)}}}
	}
	return app.Section().Class("card").Aria("labelledby", "roles-title").Body(
		app.Header().Class("card-head").Body(app.Div().Body(
			app.H2().ID("roles-title").Text("What each role may do"),
			app.P().Class("lead").Text("People get theirs from your identity provider; a management key carries its own."),
		)),
		ui.Table{Name: "Roles", Columns: columns, Rows: rows}.UI(),
	)
}

func answer(text string) app.UI {
	if text == "No" {
		return app.Span().Class("muted").Text(text)
	}
	return app.Text(text)
}

// people draws where the roles of people are managed.
func people() app.UI {
	return app.Section().Class("card").Aria("labelledby", "people-title").Body(
		app.Header().Class("card-head").Body(app.H2().ID("people-title").Text("Where people’s roles are kept")),
		app.Div().Class("card-body", "stack-sm").Body(
			app.P().Body(ui.Prose("In your identity provider, as groups: `owner`, `admin`, `developer` and `verifier`. A person in several groups has the highest role; a person in none has no access.")...),
			app.P().Class("hint").Body(ui.Prose("On Amazon Cognito they are groups of the user pool. On a laptop they are the people that the sign-in page offers. A change counts from the next sign-in, or when the access token is refreshed.")...),
		),
	)
}
