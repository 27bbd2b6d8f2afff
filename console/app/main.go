//go:build js && wasm

// Command app is the console: the program that runs in the browser.
//
// It builds for wasm only, so that it never links a server. If it crashes, the page's script boot.js
// says so and offers a reload.
package main

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/palette"
	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/console/zone"
	"github.com/arxkeys/arxkeys/shared/api"
)

func main() {
	zone.UseBrowser() // before any time is formatted
	s := session.New(session.Browser{}, session.BrowserShelf{})
	for _, r := range routes(s) {
		draw := func() app.Composer { return within(s, r.link, r.page()) }
		if before, after, ok := strings.Cut(r.path, "{id}"); ok {
			app.RouteWithRegexpFunc("^"+before+"[^/]+"+after+"$", draw)
			continue
		}
		app.RouteFunc(r.path, draw)
	}
	app.RouteWithRegexpFunc(".*", func() app.Composer { return within(s, "", &nowhere{}) })
	app.RunWhenOnBrowser()
}

// links is the navigation.
var links = []ui.Link{
	{Text: "Overview", Href: "/", Icon: "overview", Needs: string(api.ReadCatalog)},
	{Text: "API keys", Href: "/keys", Icon: "key", Needs: string(api.ManageKeys)},
	{Text: "Applications", Href: "/applications", Icon: "app", Needs: string(api.ReadCatalog)},
	{Text: "Arxes", Href: "/arxes", Icon: "arx", Needs: string(api.ReadCatalog)},
	{Text: "Activity", Href: "/activity", Icon: "activity", Needs: string(api.ReadActivity)},
	{Text: "Access", Href: "/access", Icon: "access"},
}

// within returns the page with the shell around it.
func within(s *session.Session, link string, page app.Composer) app.Composer {
	return &shell.Shell{Session: s, Links: links, Current: link, Page: page, Palette: func(c shell.Calls) app.UI {
		return &palette.Palette{Session: s, Links: shell.Open(links, s.Me()), Calls: c}
	}}
}
