package check

import (
	"reflect"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/namestore"
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// applicationsAndArxes compares applications and Arxes with their gates, their names and the default.
func (t *tenant) applicationsAndArxes(s *stored) {
	holders := map[table.Key]string{}
	holds := func(kind namestore.Kind, name, id string) {
		at := kind.Key(t.name, name)
		if other, taken := holders[at]; taken {
			t.add("%s: has the name %q, which %s has too", id, name, other)
		}
		holders[at] = id
	}
	for id, a := range t.applications {
		t.gate(s, id, gatestore.EncodeApplication(a))
		t.parent(parentstore.EncodeApplication(a))
		if a.HoldsName() {
			holds(namestore.Applications, a.Name, id)
		}
	}
	live := 0
	for id, a := range t.arxes {
		t.gate(s, id, gatestore.EncodeArx(a))
		t.parent(parentstore.EncodeArx(a))
		if a.Status != api.ArxDeleted {
			live++
			holds(namestore.Arxes, a.Name, id)
		}
	}
	for at := range t.parents {
		t.add("%s: is shown by keys, but does not exist", at.SK)
	}
	for at, id := range holders {
		if t.held[at] != id {
			t.add("%s: its name is reserved for %q", id, t.held[at])
		}
	}
	for at, id := range t.held {
		if holders[at] != id {
			t.add("%s: reserves a name that it does not have: %s", id, at.SK)
		}
	}
	t.isDefault(live)
	for id := range t.settling {
		if t.arxes[id].Status != api.ArxDeleted {
			t.add("%s: is being settled, but is %q, not deleted", id, t.arxes[id].Status)
		}
	}
}

// parent compares what keys show of an application or an Arx with what it must be.
func (t *tenant) parent(want table.Item) {
	at := want.Key()
	if !reflect.DeepEqual(t.parents[at], want) {
		t.add("%s: differs from what its keys show", at.SK)
	}
	delete(t.parents, at)
}

// gate compares the gate of a parent with what it must be.
func (t *tenant) gate(s *stored, id string, want table.Item) {
	switch got, ok := s.gates[id]; {
	case !ok:
		t.add("%s: has no gate", id)
	case !reflect.DeepEqual(got, want):
		t.add("%s: differs from its gate", id)
	}
	delete(s.gates, id)
}

// isDefault compares the item of the default Arx with the Arxes.
func (t *tenant) isDefault(live int) {
	switch {
	case t.standing == nil && live > 0:
		t.add("tenant %s: %d Arxes, but no default", t.name, live)
	case t.standing == nil:
	case t.standing.Live != live:
		t.add("tenant %s: %d Arxes, but the item of the default counts %d", t.name, live, t.standing.Live)
	default:
		if a, ok := t.arxes[t.standing.ArxID]; !ok || a.Status == api.ArxDeleted {
			t.add("tenant %s: the default is %q, which is not one of its Arxes", t.name, t.standing.ArxID)
		}
	}
}
