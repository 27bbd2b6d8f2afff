package ui

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestTimesReadAsAPersonTellsThem(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		at   time.Time
		want string
	}{
		{now, "Just now"},
		{now.Add(5 * time.Second), "Just now"}, // the server's clock is ahead
		{now.Add(-41 * time.Second), "41 s ago"},
		{now.Add(-90 * time.Second), "1 min ago"},
		{now.Add(-59 * time.Minute), "59 min ago"},
		{now.Add(-23 * time.Hour), "23 h ago"},
		{now.Add(-25 * time.Hour), "Yesterday"},
		{now.Add(-39 * time.Hour), "21 Nov 2026"}, // an hour before yesterday began
		{now.Add(48 * time.Hour), "25 Nov 2026"},
	} {
		if got := Ago(row.at, now); got != row.want {
			t.Errorf("Ago(%s) = %q, want %q", row.at.Format(time.DateTime), got, row.want)
		}
	}
}

func TestPaperGetsTheTimeThatAnHourOrAnAgeLeavesOpen(t *testing.T) {
	at := time.Date(2026, 9, 4, 8, 12, 33, 0, time.Local)
	for text, want := range map[string]string{"2 min ago": "4 Sep 2026, 08:12:33", "08:12:33": "4 Sep 2026, 08:12:33", "4 Sep, 08:12": "4 Sep 2026, 08:12:33", "4 Sep 2026": ""} {
		if html := strings.ReplaceAll(app.HTMLString(Timestamp(at, text)), `\u00a0`, " "); strings.Contains(html, "data-paper") != (want != "") || !strings.Contains(html, want) {
			t.Errorf("%q is drawn as %s, want %q on paper", text, html, want)
		}
	}
}

func TestOnlyWhatComesWithinAWeekIsSoon(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		in   time.Duration
		want string
	}{
		{-time.Hour, ""},
		{time.Hour, "today"},
		{12 * time.Hour, "tomorrow"},
		{72 * time.Hour, "in 3 days"},
		{8 * 24 * time.Hour, ""},
	} {
		if got := Soon(now.Add(row.in), now); got != row.want {
			t.Errorf("Soon(+%s) = %q, want %q", row.in, got, row.want)
		}
	}
}

func TestCountsHaveSeparators(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1200: "-1,200"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDayEndsWithItsLastSecond(t *testing.T) {
	for _, row := range []struct{ zone, day, want string }{
		{"Europe/Berlin", "2027-07-15", "2027-07-15T21:59:59Z"},
		{"Europe/Berlin", "2027-01-15", "2027-01-15T22:59:59Z"},
		{"America/New_York", "2027-07-15", "2027-07-16T03:59:59Z"},
		{"Australia/Sydney", "2027-07-15", "2027-07-15T13:59:59Z"},
		{"Asia/Kolkata", "2027-07-15", "2027-07-15T18:29:59Z"},
		{"Pacific/Apia", "2027-07-15", "2027-07-15T10:59:59Z"},
		{"America/Santiago", "2026-09-05", "2026-09-06T03:59:59Z"}, // there is no midnight: the clocks go to one
		{"America/Santiago", "2026-09-06", "2026-09-07T02:59:59Z"},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59Z"}, // of 25 hours
	} {
		zone, err := time.LoadLocation(row.zone)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 23, 14, 0, 0, 0, zone)
		if got, ok := EndOf(row.day, now); !ok || got.Format(time.RFC3339) != row.want {
			t.Errorf("%s in %s ends at %s, want %s", row.day, row.zone, got.Format(time.RFC3339), row.want)
		}
	}
	if got, ok := EndOf("2026-02-30", time.Now()); ok {
		t.Errorf("30 February ends at %s", got)
	}
}
