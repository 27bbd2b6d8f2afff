// Package ui holds what the console's pages are built of. It knows no word of the domain: nothing here
// imports the API, its client or the session, and architecture tests hold it to that.
//
// The rules of the interface:
//
//   - A handler that is a closure over a loop variable passes a scope, such as the row's id:
//     go-app compares handlers by their code, and would keep the old row's.
//   - Work that takes time runs in [app.Context.Async] with the page's own context, the one of its
//     OnMount: a dialog's dies with the dialog, and its dispatches are dropped without a word.
//   - A goroutine touches no field of a component but inside Dispatch.
//   - A disabled button is a hint to people. The handler checks again.
//   - No inline style, no Raw, no class on SVG: the first two break the Content-Security-Policy, the third does
//     nothing. SVG is styled by data-c and data-s.
//   - A page loads what its address names in OnNav: between two addresses of one type, go-app keeps
//     the component.
//   - What takes a callback is a component: it asks its newest fields, whatever go-app compared. A
//     plain function that draws takes methods of the page.
//   - What comes and goes before something else stands in a [Slot]: children are matched by their
//     place, and a field that moves is made anew and loses the focus.
//   - An attribute that comes and goes has a value: go-app does not set an empty one later.
//   - The text of a field belongs to the browser while somebody types; see held.
//   - Whatever happens without a person looking at it is announced: [Announce].
package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

const svg = "http://www.w3.org/2000/svg"

// Icon is a picture of the sprite, such as "key". It is decoration: a word stands beside it.
func Icon(name string) app.UI {
	return app.Elem("svg").XMLNS(svg).DataSet("c", "icon").Aria("hidden", "true").Body(
		app.Elem("use").XMLNS(svg).Attr("href", "/web/icons.svg#"+name),
	)
}
