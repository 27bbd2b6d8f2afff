package audit_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
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
			"metadata": {nil, json.RawMessage(`{"n": 9007199254740993, "far": 1e400}`)}, // not representable as float64
		},
		previous, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEventIsIntactAfterARoundTrip(t *testing.T) {
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
		t.Error("the event does not match its hash")
	}
}

// A caller can verify the chain with the responses alone. Their times have three digits of a second, even
// if the last are zeros.
func TestHashIsThatOfTheResponse(t *testing.T) {
	expires := time.Date(2027, 1, 31, 1, 0, 0, 120_456_000, time.FixedZone("", 3600))
	e, err := audit.New(auth.Principal{Kind: api.Person, ID: "p-1"}, "keys.update", audit.Resource{Kind: "key", ID: "key_1"},
		audit.Changes{"expires_at": {nil, expires}, "overlap_until": {&expires, (*time.Time)(nil)}}, "",
		time.Date(2026, 2, 1, 9, 12, 0, 0, time.UTC), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	answered, err := e.Response()
	if err != nil {
		t.Fatal(err)
	}
	changes, err := json.Marshal(answered.Changes)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"expires_at":[null,"2027-01-31T00:00:00.120Z"],"overlap_until":["2027-01-31T00:00:00.120Z",null]}`
	if string(changes) != want {
		t.Errorf("changes %s, want %s", changes, want)
	}
	canonical := `{"action":"keys.update","at":"2026-02-01T09:12:00.000Z","changes":` + want + `,"from":"","hash":"","id":"` + e.ID +
		`","previous":"","principal":{"id":"p-1","kind":"person","name":""},"request_id":"","resource":{"id":"key_1","kind":"key","name":""}}`
	if sum := sha256.Sum256([]byte(canonical)); e.Hash != hex.EncodeToString(sum[:]) {
		t.Error("the hash is not that of the response")
	}
}

func TestEveryAlterationIsDetected(t *testing.T) {
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
