package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// tickAction redraws every page that reads something, because relative times such as 2 min ago have moved on.
const tickAction = "/ui/tick"

// tickTime is how late a relative time may be.
const tickTime = 20 * time.Second

// Tick redraws the pages from time to time while the tab is visible, and when it becomes visible again. It is one
// timer for everything. The context is the shell's, which lives as long as the program.
func Tick(ctx app.Context) {
	OnVisible(func() { ctx.NewAction(tickAction) }) // never released
	var again func()
	again = func() {
		if Visible() {
			ctx.NewAction(tickAction)
		}
		time.AfterFunc(tickTime, again)
	}
	time.AfterFunc(tickTime, again)
}
