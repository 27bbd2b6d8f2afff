package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Head is the top of a page.
type Head struct {
	Title   string   // the h1, and the document's title
	Lead    string   // one line under it, or none
	Under   []app.UI // between the title and the lead: a state, an id
	Back    *Link    // where the page belongs, above the title, or nil
	Actions []app.UI // at its end: one primary button at most
}

// Link is a word that leads somewhere within the console.
type Link struct{ Text, Href, Icon string }

// Page is the content of a page: what a page's Render returns. The shell stands around it.
func Page(head Head, body ...app.UI) app.UI {
	first := []app.UI{}
	if head.Back != nil {
		first = append(first, app.A().Class("crumb").Href(head.Back.Href).Body(Icon("chevron-left"), app.Text(head.Back.Text)))
	}
	first = append(first, &Title{Text: head.Title})
	if len(head.Under) > 0 {
		first = append(first, app.Div().Class("row").Body(head.Under...))
	}
	if head.Lead != "" {
		first = append(first, app.P().Class("lead").Text(head.Lead))
	}
	top := []app.UI{app.Div().Body(first...)}
	if len(head.Actions) > 0 {
		top = append(top, app.Div().Class("actions").Body(head.Actions...))
	}
	return app.Div().Class("page").Body(
		append([]app.UI{app.Header().Class("page-head").Body(top...)}, body...)...,
	)
}
