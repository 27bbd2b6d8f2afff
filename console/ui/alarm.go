package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Alarm draws a page again at the time at which what it shows turns by itself: a key expires, also
// where nothing can be read. The zero value is not set.
type Alarm struct{ at time.Time }

// longestAlarm is how long a browser is asked to wait at once: it takes no more than 24 days.
const longestAlarm = time.Hour

// Set draws the page of the context at the time, in place of an earlier one. It is called as the page
// is drawn. The zero time is none.
func (a *Alarm) Set(ctx app.Context, at time.Time) {
	if at.Equal(a.at) {
		return
	}
	a.at = at
	if at.IsZero() {
		return
	}
	time.AfterFunc(min(time.Until(at), longestAlarm), func() {
		if ctx.Err() != nil {
			return
		}
		ctx.Dispatch(func(app.Context) { // which draws the page, and sets the next
			if a.at.Equal(at) {
				a.at = time.Time{}
			}
		})
	})
}

// Sooner returns the earlier of two times, of which zero is none.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
