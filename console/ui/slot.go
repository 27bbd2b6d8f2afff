package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Slot keeps a place for elements that come and go before others. It takes no space itself. go-app
// matches children by position: without a slot it would rebuild everything that follows, and a field
// would lose the focus.
func Slot(content ...app.UI) app.UI { return app.Div().Class("slot").Body(content...) }
