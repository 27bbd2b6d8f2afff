package check

import (
	"reflect"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/inactivestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// applicationsAndArxes holds applications and Arxes against their gates, their names and the default.
func (t *tenant) applicationsAndArxes(s *stored) {
	holders := map[table.Key]string{}
	holds := func(kind, name, id string) {
		at := table.Name(t.name, kind, names.Key(name))
		if other, taken := holders[at]; taken {
			t.add("%s: is called %q, as %s is", id, name, other)
		}
		holders[at] = id
	}
	for id, a := range t.applications {
		t.gate(s, id, gatestore.EncodeApplication(a))
		if a.Status != api.ApplicationActive {
			t.stops(inactivestore.EncodeApplication(a))
		}
		if a.HoldsName() {
			holds("applications", a.Name, id)
		}
	}
	live := 0
	for id, a := range t.arxes {
		t.gate(s, id, gatestore.EncodeArx(a))
		if a.Status == api.ArxDisabled {
			t.stops(inactivestore.EncodeArx(a))
		}
		if a.Status != api.ArxDeleted {
			live++
			holds("arxes", a.Name, id)
		}
	}
	for at := range t.inactive {
		t.add("%s: is said to stop its keys, and does not", at.SK)
	}
	for at, id := range holders {
		if t.held[at] != id {
			t.add("%s: its name is not its own, but %q's", id, t.held[at])
		}
	}
	for at, id := range t.held {
		if holders[at] != id {
			t.add("%s: has a name that is not its own: %s", id, at.SK)
		}
	}
	t.isDefault(live)
	for id := range t.settling {
		if t.arxes[id].Status != api.ArxDeleted {
			t.add("%s: is being settled, and is %q, not deleted", id, t.arxes[id].Status)
		}
	}
}

// stops holds what is said of a parent that stops its keys against what it has to be.
func (t *tenant) stops(want table.Item) {
	at := want.Key()
	if !reflect.DeepEqual(t.inactive[at], want) {
		t.add("%s: stops its keys, and is not said to", at.SK)
	}
	delete(t.inactive, at)
}

// gate holds the gate of a parent against what it has to be.
func (t *tenant) gate(s *stored, id string, want table.Item) {
	switch got, ok := s.gates[id]; {
	case !ok:
		t.add("%s: has no gate", id)
	case !reflect.DeepEqual(got, want):
		t.add("%s: its gate differs from it", id)
	}
	delete(s.gates, id)
}

// isDefault holds what is said of the default against the Arxes that there are.
func (t *tenant) isDefault(live int) {
	switch {
	case t.standing == nil && live > 0:
		t.add("tenant %s: %d Arxes, and no default", t.name, live)
	case t.standing == nil:
	case t.standing.Live != live:
		t.add("tenant %s: %d Arxes, and beside the default it says %d", t.name, live, t.standing.Live)
	default:
		if a, ok := t.arxes[t.standing.ArxID]; !ok || a.Status == api.ArxDeleted {
			t.add("tenant %s: the default is %q, which is none of its Arxes", t.name, t.standing.ArxID)
		}
	}
}
