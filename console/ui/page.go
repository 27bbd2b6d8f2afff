package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Head is the top of a page.
type Head struct {
	Title   string   // the h1 and the document's title
	Lead    string   // one line below the title, or empty
	Under   []app.UI // between the title and the lead: a status, an id
	Back    *Link    // the parent page, above the title, or nil
	Actions []app.UI // at the end: at most one primary button
}

// Link is a link within the console.
type Link struct {
	Text, Href, Icon string
	Needs            string // permission without which the page is refused, or empty
}

// Page draws the content of a page: what a page's Render returns. The shell draws the rest.
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
