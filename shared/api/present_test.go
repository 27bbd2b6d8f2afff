package api_test

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestKeyChangesWithTime(t *testing.T) {
	told := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	overlap, expires, rotate := told.Add(time.Hour), told.Add(2*time.Hour), told.Add(3*time.Hour)
	stopped := api.ByDisabledArx
	k := api.KeySummary{
		Status: api.KeyActive, Effective: api.KeyStopped, StoppedBy: &stopped, OverlapUntil: &overlap, ExpiresAt: &expires, RotateBy: rotate,
		Permits: api.Permits{Can: map[string]bool{"rotate": true, "disable": true, "enable": false}, Why: map[string]string{"enable": "It is active."}},
	}
	now, turns := told, 0
	for next := k.At(now).Turns(now); !next.IsZero(); next = k.At(now).Turns(now) {
		before := k.At(next.Add(-time.Millisecond))
		now = next
		after := k.At(now)
		if turns++; before.Status == after.Status && before.RotationDue == after.RotationDue && (before.OverlapUntil == nil) == (after.OverlapUntil == nil) {
			t.Errorf("at %s nothing changes", now)
		}
	}
	is := k.At(now)
	if turns != 3 || is.Status != api.KeyExpired || is.Effective != api.KeyIsExpired || is.StoppedBy != nil || !is.RotationDue || is.OverlapUntil != nil {
		t.Errorf("after %d changes: %+v", turns, is)
	}
	if is.May("rotate") || is.WhyNot("rotate") != api.WhyExpired || !is.May("disable") || is.WhyNot("enable") != "It is active." || !k.May("rotate") {
		t.Errorf("%+v, of %+v", is.Permits, k.Permits)
	}
	k.Status, k.Effective, k.StoppedBy = api.KeyDisabled, api.KeyIsDisabled, nil
	if k.At(now).Status != api.KeyDisabled {
		t.Error("a disabled key expires")
	}
	m := api.ManagementKeyRecord{Status: api.ManagementKeyActive, ExpiresAt: expires}
	if at := m.Turns(told); !at.Equal(expires) || m.At(at).Status != api.ManagementKeyExpired || m.At(told).Status != api.ManagementKeyActive || !m.At(at).Turns(at).IsZero() {
		t.Errorf("%+v", m)
	}
}
