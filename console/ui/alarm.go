package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Alarm redraws a page when something it shows changes by the passing of time, such as a key that
// expires. It needs no request, so it also works offline. The zero value is not set.
type Alarm struct{ at time.Time }

// longestAlarm bounds one timer: browsers overflow at 24.8 days (2^31 ms).
const longestAlarm = time.Hour

// Set redraws the page of the context at the given time, and replaces an earlier alarm. Call it while
// the page renders. The zero time clears the alarm.
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
		ctx.Dispatch(func(app.Context) { // redraws the page, which sets the next alarm
			if a.at.Equal(at) {
				a.at = time.Time{}
			}
		})
	})
}

// Sooner returns the earlier of two times. A zero time does not count.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
