package check

import (
	"reflect"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// events compares the activity with the histories, and each history with its resource.
func (t *tenantPart) events(now time.Time) {
	for id := range t.activity {
		e, err := auditstore.Decode(t.activity[id])
		if err != nil {
			t.add("%s: can't be read", id)
			continue
		}
		if _, ok := t.histories[e.Resource.ID][id]; !ok {
			t.add("%s: is in the activity, but not in the history of %s", id, e.Resource.ID)
		}
	}
	for resource, history := range t.histories {
		if _, ok := t.resources[resource]; ok {
			t.told[resource] = true
		}
		var chain []audit.Event
		for id, item := range history {
			e, err := auditstore.Decode(item)
			if err != nil {
				t.add("%s: can't be read", id)
				continue
			}
			if e.ID != id || e.Resource.ID != resource || !e.Intact() {
				t.add("%s: was altered", id)
			}
			if twin, ok := t.activity[id]; !ok {
				t.add("%s: is in the history of %s, but not in the activity", id, resource)
			} else if !reflect.DeepEqual(twin.Without(table.PK, table.SK), item.Without(table.PK, table.SK)) {
				t.add("%s: differs in the activity and in the history of %s", id, resource)
			}
			chain = append(chain, e)
		}
		t.chain(resource, chain, now)
	}
	for id, k := range t.whole {
		if len(t.histories[id]) == 0 && k.UpdatedAt.Add(audit.Retention).After(now) {
			t.add("%s: has no history", id)
		}
	}
}

// haveHistories reports applications, Arxes and management keys without a history.
func (t *tenant) haveHistories(now time.Time) {
	for id, r := range t.resources {
		if !t.told[id] && r.changed.Add(audit.Retention).After(now) {
			t.add("%s: has no history", id)
		}
	}
}

// resource is what a record says about its history.
type resource struct {
	last             string // hash of the latest event
	created, changed time.Time
}

// resource returns what the record with the id says about its history, and false if there is no such record.
func (t *tenantPart) resource(id string) (r resource, there bool) {
	if k, ok := t.whole[id]; ok {
		return resource{k.LastEvent, k.CreatedAt, k.UpdatedAt}, true
	}
	r, there = t.resources[id]
	return r, there
}

// chain follows the hashes of a resource's events, from the last to the first. It ignores their times, because clocks
// differ.
func (t *tenantPart) chain(id string, events []audit.Event, now time.Time) {
	byHash := map[string]audit.Event{}
	followed := map[string]bool{} // hashes that another event names as previous
	for _, e := range events {
		byHash[e.Hash] = e
		if followed[e.Previous] && e.Previous != "" {
			t.add("%s: two events of its history have the same predecessor", id)
		}
		followed[e.Previous] = true
	}
	r, there := t.resource(id)
	var latest []audit.Event
	for _, e := range events {
		if !followed[e.Hash] {
			latest = append(latest, e)
		}
		if _, ok := byHash[e.Previous]; ok || e.Previous == "" {
			continue
		}
		if r.created.Add(audit.Retention).After(now) { // no event has expired yet
			t.add("%s: its history lacks the event before %s", id, e.ID)
		}
	}
	switch {
	case len(latest) != 1:
		t.add("%s: its history has %d ends", id, len(latest))
	case there && latest[0].Hash != r.last:
		t.add("%s: its history ends in %s, but its record differs", id, latest[0].ID)
	case !there && !strings.HasSuffix(latest[0].Action, ".delete"):
		t.add("%s: does not exist, but its history ends in %s", id, latest[0].Action)
	}
}
