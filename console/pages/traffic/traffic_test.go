package traffic

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestDaysAreThoseOfTheReader(t *testing.T) {
	for _, zone := range []struct {
		name        string
		from        string // of the request for 7 days at 2026-11-24 09:30 UTC
		first, last string // the days of the first and the last bar
	}{
		{"UTC", "2026-11-18T00:00:00Z", "18 Nov", "24 Nov"},
		{"Europe/Berlin", "2026-11-17T23:00:00Z", "18 Nov", "24 Nov"},
		{"America/New_York", "2026-11-18T05:00:00Z", "18 Nov", "24 Nov"},
		{"Pacific/Auckland", "2026-11-17T11:00:00Z", "18 Nov", "24 Nov"},
		{"Asia/Kolkata", "2026-11-17T19:00:00Z", "18 Nov", "24 Nov"}, // the first hour of UTC that begins in the day
	} {
		location, err := time.LoadLocation(zone.name)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC).In(location)
		r := Range("7d", now)
		if got := r.From.Format(time.RFC3339); got != zone.from || r.Interval != api.ByHour {
			t.Errorf("%s: from %s by %s, want %s", zone.name, got, r.Interval, zone.from)
		}
		u := api.Usage{Interval: api.ByHour}
		for at := r.From; at.Before(now); at = at.Add(time.Hour) {
			u.Buckets = append(u.Buckets, api.UseBucket{Start: at, UseCounts: api.UseCounts{Total: 1, Codes: map[api.Code]int{api.CodeValid: 1}}})
		}
		found := bars(u, "7d", now)
		total := 0
		for i, b := range found {
			total += b.Total
			if b.Total != b.Codes[api.CodeValid] || i < 6 && b.Total != 24 {
				t.Errorf("%s, %s: %+v", zone.name, b.start, b.UseCounts)
			}
		}
		if html := app.HTMLString(Table(u, "7d", now)); !strings.Contains(html, "<time") || !strings.Contains(html, `datetime="`+zone.from+`"`) {
			t.Errorf("%s: the table does not tell the exact time at which the first day begins", zone.name)
		}
		if first, last := found[0].label("7d", now), found[6].label("7d", now); first != zone.first || last != zone.last || total != len(u.Buckets) {
			t.Errorf("%s: from %s to %s, %d of %d hours", zone.name, first, last, total, len(u.Buckets))
		}
	}
}

func TestDaysOfAClockChangeHaveTheirOwnLength(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 27, 12, 0, 0, 0, berlin) // the clocks went back on the 25th
	var u api.Usage
	for at := Range("7d", now).From; at.Before(now); at = at.Add(time.Hour) {
		u.Buckets = append(u.Buckets, api.UseBucket{Start: at, UseCounts: api.UseCounts{Total: 1}})
	}
	got := map[string]int{}
	for _, b := range bars(u, "7d", now) {
		got[b.label("7d", now)] = b.Total
	}
	want := map[string]int{"21 Oct": 24, "22 Oct": 24, "23 Oct": 24, "24 Oct": 24, "25 Oct": 25, "26 Oct": 24, "27 Oct": 12}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryVerificationHasOneOutcome(t *testing.T) {
	c := api.UseCounts{Total: 100, Codes: map[api.Code]int{api.CodeValid: 80, api.CodeRateLimited: 7, api.CodeUsageExhausted: 3, api.CodeDisabled: 9, api.CodeIPNotAllowed: 1}}
	if diff := cmp.Diff([]int{80, 10, 10}, split(c)); diff != "" {
		t.Error(diff)
	}
}

func TestNoteSaysWhenDaysDoNotBeginAtMidnight(t *testing.T) {
	india, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, india)
	if got := Note("7d", now); got != "Figures may lag by some minutes. They are kept by hours of UTC, so days begin at 00:30." {
		t.Error(got)
	}
	if got := Note("7d", now.UTC()); got != "Figures may lag by some minutes." {
		t.Error(got)
	}
}
