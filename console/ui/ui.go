// Package ui holds the components of the console's pages. It knows nothing of the domain: it imports
// neither the API nor its client nor the session, which architecture tests check.
//
// The rules of the interface:
//
//   - A handler that is a closure over a loop variable passes a scope, such as the row's id. go-app
//     compares handlers by their code, and would keep the one of the old row.
//   - Work that takes time runs in [app.Context.Async] with the page's own context, the one of its
//     OnMount. A dialog's context ends with the dialog, and its dispatches are dropped silently.
//   - A goroutine accesses fields of a component only inside Dispatch.
//   - A disabled button is a hint to people. The handler checks again.
//   - No inline style, no Raw, no class on SVG. The first two violate the Content-Security-Policy; the
//     third has no effect, so SVG is styled by data-c and data-s.
//   - A page loads what its address names in OnNav, because go-app keeps the component between two
//     addresses of the same page.
//   - An element with a callback is a component, which calls its newest fields whatever go-app has
//     compared. A plain function that draws takes methods of the page as callbacks.
//   - Elements that come and go before others are inside a [Slot]. go-app matches children by position:
//     a field that moves is rebuilt and loses the focus.
//   - An attribute that comes and goes has a value, because go-app does not set an empty one later.
//   - While a person types, the browser owns the text of a field; see held.
//   - Changes that a person may not see are announced with [Announce].
package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

const svg = "http://www.w3.org/2000/svg"

// Icon draws an icon of the sprite, such as "key". It is hidden from screen readers; put a word beside it.
func Icon(name string) app.UI {
	return app.Elem("svg").XMLNS(svg).DataSet("c", "icon").Aria("hidden", "true").Body(
		app.Elem("use").XMLNS(svg).Attr("href", "/web/icons.svg#"+name),
	)
}
