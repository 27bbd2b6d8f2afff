package ui

import (
	"fmt"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// When draws a past time relative to now: how long ago within a day, then yesterday, then the date. The
// element's datetime has the exact time. Dates are in now's time zone.
func When(t, now time.Time) app.UI {
	return app.Time().Class("nowrap").DateTime(t.UTC().Format(time.RFC3339)).Text(Ago(t, now))
}

// Date draws the date of a time.
func Date(t, now time.Time) app.UI {
	return app.Time().Class("nowrap").DateTime(t.UTC().Format(time.RFC3339)).Text(Day(t, now))
}

// Ago returns the text of [When]. For a time in the future, it is the date.
func Ago(t, now time.Time) string {
	switch past := now.Sub(t); {
	case past < -time.Minute: // up to a minute can be clock skew
	case past < 10*time.Second:
		return "Just now"
	case past < time.Minute:
		return fmt.Sprintf("%d s ago", int(past.Seconds()))
	case past < time.Hour:
		return fmt.Sprintf("%d min ago", int(past.Minutes()))
	case past < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(past.Hours()))
	case Day(t, now) == Day(now.AddDate(0, 0, -1), now):
		return "Yesterday"
	}
	return Day(t, now)
}

// Day returns the text of [Date], such as 4 Sep 2026.
func Day(t, now time.Time) string { return t.In(now.Location()).Format("2 Jan 2006") }

// EndOf returns the last second of a day, such as 2026-09-04, in now's time zone, or false if the text is
// not a date. If the clocks change at midnight, the next day begins at the change.
func EndOf(day string, now time.Time) (time.Time, bool) {
	start, err := time.ParseInLocation(time.DateOnly, day, now.Location())
	if err != nil {
		return time.Time{}, false
	}
	next := start.Add(12*time.Hour).AddDate(0, 0, 1)
	end := time.Date(next.Year(), next.Month(), next.Day(), 0, 0, 0, 0, now.Location())
	if end.Hour() > 12 { // for a midnight that does not exist, time.Date may return the hour before
		end = end.Add(time.Hour)
	}
	return end.Add(-time.Second).UTC(), true
}

// Soon describes a time within the next seven days: today, tomorrow, in 3 days. It returns "" for any
// other time.
func Soon(t, now time.Time) string {
	if t.Before(now) {
		return ""
	}
	for days := range 7 {
		if Day(t, now) != Day(now.AddDate(0, 0, days), now) {
			continue
		}
		switch days {
		case 0:
			return "today"
		case 1:
			return "tomorrow"
		}
		return fmt.Sprintf("in %d days", days)
	}
	return ""
}

// Moment draws a time to the minute, in now's time zone: 28 Nov, 09:12.
func Moment(t, now time.Time) app.UI {
	layout := "2 Jan, 15:04"
	if t.In(now.Location()).Year() != now.Year() {
		layout = "2 Jan 2006, 15:04"
	}
	return app.Time().Class("nowrap").DateTime(t.UTC().Format(time.RFC3339)).Text(t.In(now.Location()).Format(layout))
}

// Zone returns the name of the reader's time zone. In a browser that is UTC+1 or the like.
func Zone(now time.Time) string {
	if name := now.Local().Format("MST"); name != "UTC+0" {
		return name
	}
	return "UTC"
}
