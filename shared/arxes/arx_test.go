package arxes_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var owner = auth.Principal{Kind: api.Person, ID: "p", Name: "owner@example.com", Tenant: "acme", Role: api.Owner}

func TestNewFillsInTheDefaults(t *testing.T) {
	a, err := arxes.New(owner, api.CreateArxRequest{Name: " EU ", Regions: []string{"eu-central-1"}}, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "EU" || a.Purpose != api.Development || a.Plan != api.Serverless || a.Provider != api.AWS ||
		a.Encryption != api.AESGCM256 || a.Cycle != api.ThreeMonths || a.Owner != "owner@example.com" || a.Status != api.ArxActive {
		t.Errorf("%+v", a)
	}
}

func TestRotationIsDueAfterCalendarMonths(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateTime, s+" 09:12:00")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		cycle    api.Cycle
		from, to string
	}{
		{api.Monthly, "2026-02-01", "2026-03-01"},
		{api.Monthly, "2026-01-31", "2026-02-28"},
		{api.Monthly, "2028-01-31", "2028-02-29"},
		{api.Monthly, "2026-12-31", "2027-01-31"},
		{api.ThreeMonths, "2026-11-30", "2027-02-28"},
		{api.SixMonths, "2026-08-31", "2027-02-28"},
		{api.Annually, "2028-02-29", "2029-02-28"},
	} {
		if got := (arxes.Arx{Cycle: c.cycle}).RotateBy(day(c.from)); !got.Equal(day(c.to)) {
			t.Errorf("%s from %s: %s, want %s", c.cycle, c.from, got, c.to)
		}
	}
}

func TestEveryPurposeHasItsOwnEnvironment(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range api.Purposes {
		seen[string(arxes.Arx{Purpose: p}.Env())] = true
	}
	if len(seen) != len(api.Purposes) {
		t.Errorf("%d environments for %d purposes", len(seen), len(api.Purposes))
	}
}

func TestDefaultCannotBeDeletedBeforeTheLastArx(t *testing.T) {
	a := arxes.Arx{ID: "arx_1", Status: api.ArxActive}
	if got := a.Response(owner, arxes.Default{ArxID: "arx_1", Live: 2}, api.KeyTotals{}); got.May("delete") || got.Why["delete"] != arxes.DefaultStays || !got.IsDefault {
		t.Errorf("the default of two: %+v", got.Permits)
	}
	if got := a.Response(owner, arxes.Default{ArxID: "arx_1", Live: 1}, api.KeyTotals{}); !got.May("delete") {
		t.Errorf("the last: %+v", got.Permits)
	}
	if got := a.Response(owner, arxes.Default{ArxID: "arx_2", Live: 2}, api.KeyTotals{}); !got.May("delete") || got.IsDefault {
		t.Errorf("not the default: %+v", got.Permits)
	}
	gone, err := a.Do(arxes.Delete, owner, time.Now())
	if err != nil || gone.Status != api.ArxDeleted {
		t.Fatalf("%+v, %v", gone, err)
	}
	if _, err := gone.Do(arxes.Delete, owner, time.Now()); !problem.Is(err, problem.WrongState) {
		t.Errorf("delete again: %v, want wrong_state", err)
	}
}
