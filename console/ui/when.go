package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// When draws a past time relative to now: how long ago within a day, then yesterday, then the date.
func When(t, now time.Time) app.UI { return Timestamp(t, Ago(t, now)) }

// Date draws the date of a time.
func Date(t, now time.Time) app.UI { return Timestamp(t, Day(t, now)) }

// Timestamp draws a time as the text, which is in the reader's time zone. The exact time in UTC appears on
// hover and focus. On paper, a text without a year, such as 2 min ago, becomes the time to the second. Every time on every
// page is drawn by it.
func Timestamp(t time.Time, text string) app.HTMLTime {
	t = t.UTC()
	exact := Exact(t)
	drawn := app.Time().Class("nowrap").DateTime(t.Format(time.RFC3339)).DataSet("utc", exact).Aria("description", exact).TabIndex(0).Text(text)
	if local := t.Local(); !strings.Contains(text, local.Format("2006")) {
		drawn.DataSet("paper", local.Format("2\u00a0Jan\u00a02006, 15:04:05"))
	}
	return drawn
}

// Exact returns the exact time in UTC.
func Exact(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// Within a text, a time stands between these characters: the exact time, then the text for it.
const timeStart, timeText, timeEnd = "\x02", "\x1f", "\x03"

// InText returns the text for a time as [Prose] and [Timed] draw it: as [Timestamp] does.
func InText(t time.Time, text string) string {
	return timeStart + t.UTC().Format(time.RFC3339) + timeText + text + timeEnd
}

// AgoInText returns how long ago a time was, within a sentence.
func AgoInText(t, now time.Time) string { return InText(t, Lower(Ago(t, now))) }

// LastUsed returns when something was last used, or never, as a text for [Timed].
func LastUsed(last *time.Time, now time.Time) string {
	if last == nil {
		return "Never used"
	}
	return "Last used " + AgoInText(*last, now)
}

// Timed turns a text into elements: each time in it becomes a [Timestamp].
func Timed(text string) []app.UI {
	var body []app.UI
	for {
		before, rest, ok := strings.Cut(text, timeStart)
		if before != "" {
			body = append(body, app.Text(before))
		}
		if !ok {
			return body
		}
		inside, after, _ := strings.Cut(rest, timeEnd)
		exact, shown, _ := strings.Cut(inside, timeText)
		if t, err := time.Parse(time.RFC3339, exact); err == nil {
			body = append(body, Timestamp(t, shown))
		}
		text = after
	}
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
	return Timestamp(t, t.In(now.Location()).Format(layout))
}

// Zone returns the name of now's time zone, such as Europe/Berlin.
func Zone(now time.Time) string {
	if name := now.Location().String(); name != "Local" && name != "" {
		return name
	}
	return now.Format("MST")
}
