package activity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestFilterOffersEveryChangeInWords(t *testing.T) {
	var names []string
	for _, op := range api.Operations() {
		if op.Method == "GET" || op.Name == "keys.verify" {
			continue
		}
		names = append(names, op.Name)
		if Did(op.Name) == op.Name {
			t.Errorf("%s has no word", op.Name)
		}
	}
	if !slices.Equal(actionNames, names) {
		t.Errorf("the filter offers %v, not %v", actionNames, names)
	}
}

func TestChangesShowBeforeAndAfter(t *testing.T) {
	html := app.HTMLString(Changes(api.AuditEvent{Changes: map[string][2]any{
		"status": {"active", "disabled"}, "scopes": {[]any{}, []any{"a:read", "b:write"}}, "expires_at": {"2027-01-01T00:00:00Z", nil},
	}}))
	for _, want := range []string{"active", "disabled", "a:read, b:write", "2027-01-01 00:00:00 UTC"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing in %s", want, html)
		}
	}
	if strings.Count(html, "<del") != 2 || strings.Count(html, "<ins") != 2 {
		t.Errorf("what there was not is shown: %s", html)
	}
}

func TestDaysOfEventsAreThoseOfTheReader(t *testing.T) {
	berlin := time.FixedZone("Berlin", 2*60*60)
	now := time.Date(2026, 9, 5, 1, 0, 0, 0, berlin) // the evening before, in UTC
	if hour, day := clock(time.Date(2026, 9, 4, 22, 30, 0, 0, time.UTC), now); hour != "00:30:00" || day != "Today" {
		t.Errorf("%s %s", hour, day)
	}
}
