package audit_test

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

func event(t *testing.T, previous string) audit.Event {
	t.Helper()
	expires := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	e, err := audit.New(
		auth.Principal{Kind: api.Person, ID: "p-1", Name: "owner@example.com", From: "203.0.113.7", RequestID: "r-1"},
		"keys.create", audit.Resource{Kind: "key", ID: "key_1", Name: "nightly <export>"},
		audit.Changes{
			"status": {nil, api.KeyActive}, "expires_at": {nil, &expires}, "scopes": {nil, []string{"a:b"}},
			"metadata": {nil, json.RawMessage(`{"n": 9007199254740993, "far": 1e400}`)}, // no float64 holds either
		},
		previous, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEventIsIntactAfterItsWayThroughTheStore(t *testing.T) {
	e := event(t, "abc")
	stored, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back audit.Event
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if !e.Intact() || !back.Intact() {
		t.Error("the event does not fit its hash")
	}
}

func TestEveryAlterationShows(t *testing.T) {
	for name, alter := range map[string]func(*audit.Event){
		"who":     func(e *audit.Event) { e.Principal.ID = "p-2" },
		"what":    func(e *audit.Event) { e.Action = "keys.delete" },
		"on what": func(e *audit.Event) { e.Resource.ID = "key_2" },
		"when":    func(e *audit.Event) { e.At = e.At.Add(time.Second) },
		"where":   func(e *audit.Event) { e.From = "198.51.100.1" },
		"changes": func(e *audit.Event) { e.Changes["status"] = [2]any{nil, "disabled"} },
		"a digit": func(e *audit.Event) {
			e.Changes["metadata"] = [2]any{nil, json.RawMessage(`{"n": 9007199254740992, "far": 1e400}`)}
		},
		"previous": func(e *audit.Event) { e.Previous = "" },
		"request":  func(e *audit.Event) { e.RequestID = "r-2" },
	} {
		e := event(t, "abc")
		alter(&e)
		if e.Intact() {
			t.Errorf("an event with another %q counts as intact", name)
		}
	}
}
