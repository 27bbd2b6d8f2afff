package activity

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestHistoryIsToldInWords(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 12, 0, 0, time.UTC)
	limit := func(n, seconds float64) any { return map[string]any{"limit": n, "window_seconds": seconds} }
	for want, e := range map[string]api.AuditEvent{
		"Rate limit: 100 → 1,200 per minute":                       {Action: "keys.update", Changes: map[string][2]any{"rate_limit": {limit(100, 60), limit(1200, 60)}}},
		"Rate limit: no limit → 5 per second":                      {Action: "keys.update", Changes: map[string][2]any{"rate_limit": {nil, limit(5, 1)}}},
		"Name: Checkout → Checkout production":                     {Action: "keys.update", Changes: map[string][2]any{"name": {"Checkout", "Checkout production"}}},
		"Scopes: added a, b, c, d and 1 more; removed x":           {Action: "keys.update", Changes: map[string][2]any{"scopes": {[]any{"x"}, []any{"a", "b", "c", "d", "e"}}}},
		"Expiry: never → 31 Jan 2027, 00:00":                       {Action: "keys.update", Changes: map[string][2]any{"expires_at": {nil, "2027-01-31T00:00:00Z"}}},
		"Rotated; the previous access key works for 7 days, until": {Action: "keys.rotate", Changes: map[string][2]any{"overlap_until": {nil, "2026-11-28T09:12:00Z"}}},
		"Rotated; the access key that it replaced ended at once":   {Action: "keys.rotate", Changes: map[string][2]any{}}, // also during an overlap, which goes on
		"Regions: in another order":                                {Action: "arxes.update", Changes: map[string][2]any{"regions": {[]any{"a", "b"}, []any{"b", "a"}}}},
		"Rate limit: 5 per second → 100 per minute":                {Action: "keys.update", Changes: map[string][2]any{"rate_limit": {limit(5, 1), limit(100, 60)}}},
		`Metadata limits: {"daily":5} → {"daily":6} Metadata old: 1 → none Metadata team: none → core`: {Action: "keys.update", Changes: map[string][2]any{"metadata": {
			map[string]any{"limits": map[string]any{"daily": 5.0}, "old": 1.0, "kept": "x"}, map[string]any{"limits": map[string]any{"daily": 6.0}, "team": "core", "kept": "x"},
		}}},
		"Ended the overlap": {Action: "keys.endoverlap"}, "Made the default": {Action: "arxes.setdefault"},
		"Disabled": {Action: "keys.disable"},
	} {
		e.At = at
		drawn := app.HTMLString(app.Div().Body(said(e, nil, 9, at)...))
		got := strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile("<[^>]*>").ReplaceAllString(drawn, " "))), " ")
		if got = strings.NewReplacer(" ;", ";", " ,", ",").Replace(got); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
