package lifecycle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
)

type state string

var doors = lifecycle.Table[state]{
	Permission: api.WriteCatalog,
	Changes:    []lifecycle.Change[state]{{"open", "close", "closed"}, {"closed", "open", "open"}, {"closed", "lock", "locked"}},
	Refusals:   []lifecycle.Refusal[state]{{"open", "lock", "Close the door first."}},
}

func TestNextRefusesWhatIsNotInTheTable(t *testing.T) {
	for _, c := range []struct {
		from state
		do   lifecycle.Action
		why  string
	}{
		{"open", "lock", "Close the door first."},
		{"open", "open", "It is open already."},
		{"locked", "open", "It can't be done while it is locked."},
		{"locked", "paint", "It can't be done while it is locked."},
	} {
		to, err := doors.Next(c.from, c.do)
		if !problem.Is(err, problem.WrongState) || problem.Of(err).Detail != c.why || to != c.from {
			t.Errorf("%s while %s: %v, want %q", c.do, c.from, err, c.why)
		}
	}
	if to, err := doors.Next("closed", "lock"); err != nil || to != "locked" {
		t.Errorf("lock while closed: %q, %v", to, err)
	}
}

func TestPermitsGiveTheReasonForEachRefusal(t *testing.T) {
	got := doors.Permits(auth.Principal{Role: api.Owner}, "open")
	want := api.Permits{
		Can: map[string]bool{"close": true, "open": false, "lock": false},
		Why: map[string]string{"open": "It is open already.", "lock": "Close the door first."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	refused := doors.Permits(auth.Principal{Role: api.Developer}, "open")
	if refused.May("close") || refused.Why["close"] != "Only owners and admins may do this." {
		t.Errorf("a developer: %+v", refused)
	}
}
