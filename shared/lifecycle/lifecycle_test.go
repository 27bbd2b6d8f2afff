package lifecycle_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
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

func TestNextRefusesActionsNotInTheTable(t *testing.T) {
	for _, c := range []struct {
		from state
		do   lifecycle.Action
		why  string
	}{
		{"open", "lock", "Close the door first."},
		{"open", "open", "It is already open."},
		{"locked", "open", "This is not possible while it is locked."},
		{"locked", "paint", "This is not possible while it is locked."},
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

func TestPermitsContainTheReasonOfEachRefusal(t *testing.T) {
	got := doors.Permits(auth.Principal{Role: api.Owner}, "open")
	want := api.Permits{
		Can: map[string]bool{"close": true, "open": false, "lock": false},
		Why: map[string]string{"open": "It is already open.", "lock": "Close the door first."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	refused := doors.Permits(auth.Principal{Role: api.Developer}, "open")
	if refused.May("close") || refused.Why["close"] != "Only owners and admins may do this." {
		t.Errorf("a developer: %+v", refused)
	}
}

// door is a record with a trail.
type door struct {
	state state
	audit.Trail
}

func (d door) Resource() audit.Resource     { return audit.Resource{Kind: "door", ID: "door_1"} }
func (d door) Since(was door) audit.Changes { return audit.Changes{"state": {was.state, d.state}} }

func TestTransitionChecksTheConditionAndRecordsTheChange(t *testing.T) {
	by := auth.Principal{Kind: api.Person, ID: "p-1", Role: api.Owner}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	was := door{"open", audit.Trail{UpdatedAt: noon, Version: 3, LastEvent: "hash"}}
	change := func(etag string, do lifecycle.Action) (door, audit.Event, error) {
		return lifecycle.Transition(by, "doors.change", api.Conditional{IfMatch: etag}, func(was door) (is door, err error) {
			is.state, err = doors.Next(was.state, do)
			is.Trail = was.Touched(by, noon)
			return is, err
		}, rand.Reader)(was)
	}
	for _, c := range []struct {
		etag string
		do   lifecycle.Action
		code problem.Code
	}{
		{`"2"`, "close", problem.Changed}, {`"3", "4"`, "lock", problem.WrongState}, {`"2"`, "lock", problem.Changed}, {"3", "close", problem.Changed},
	} {
		if _, e, err := change(c.etag, c.do); !problem.Is(err, c.code) || e.Hash != "" {
			t.Errorf("%s if %s: %v, want %s", c.do, c.etag, err, c.code)
		}
	}
	for _, etag := range []string{"", "*", `"3"`, `"2", "3"`} {
		is, e, err := change(etag, "close")
		if err != nil || is.state != "closed" || e.Action != "doors.change" || e.Previous != "hash" || !e.At.Equal(is.UpdatedAt) || !e.At.After(noon) {
			t.Errorf("if %q: %+v, %+v, %v", etag, is, e, err)
		}
	}
}
