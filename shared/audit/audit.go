// Package audit defines audit events.
//
// Every change writes an event in its own transaction. An event contains the hash of the previous event of
// the same resource, so that the chain reveals an altered or removed event.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
)

// Retention is how long events are stored.
const Retention = 400 * 24 * time.Hour

// Resource is a changed resource.
type Resource struct {
	Kind string `json:"kind"` // application, arx, key or management_key
	ID   string `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON decodes numbers as json.Number, because a caller's metadata may contain numbers that no Go
// type can represent.
func (c *Changes) UnmarshalJSON(encoded []byte) error {
	var plain map[string][2]any
	if err := decode(encoded, &plain); err != nil {
		return err
	}
	*c = plain
	return nil
}

func decode(encoded []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(encoded))
	d.UseNumber()
	return d.Decode(into)
}

// Event is one change.
type Event struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`     // UTC, whole milliseconds
	Action    string    `json:"action"` // name of the operation, such as keys.create
	Principal api.By    `json:"principal"`
	Resource  Resource  `json:"resource"`
	From      string    `json:"from"` // IP address of the caller
	Changes   Changes   `json:"changes"`
	RequestID string    `json:"request_id"`
	Previous  string    `json:"previous"` // hash of the resource's previous event, empty for the first
	Hash      string    `json:"hash"`     // hash of the fields above
}

// New returns the event of a change by the principal. previous is the hash of the resource's latest event,
// empty for the first. The caller must ensure that changes contain no secret.
func New(by auth.Principal, action string, on Resource, changes Changes, previous string, at time.Time, random io.Reader) (Event, error) {
	id, err := ids.New(api.EventPrefix, at, random)
	if err != nil {
		return Event{}, err
	}
	e := Event{
		ID: id, At: at.UTC().Truncate(time.Millisecond), Action: action, Principal: by.By(), Resource: on,
		From: by.From, Changes: changes.written(), RequestID: by.RequestID, Previous: previous,
	}
	e.Hash, err = e.sum()
	return e, err
}

// After returns the time of a change that is made now on a resource last changed at previous. It is at
// least a millisecond after previous, even if previous was set by a faster clock, so that a resource's
// events sort in order.
func After(previous, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Millisecond)
	if earliest := previous.UTC().Truncate(time.Millisecond).Add(time.Millisecond); now.Before(earliest) {
		return earliest
	}
	return now
}

// Intact reports whether the event matches its hash.
func (e Event) Intact() bool {
	sum, err := e.sum()
	return err == nil && sum == e.Hash
}

// sum returns the SHA-256 in hex of the event's canonical encoding: its JSON with an empty hash, object
// members sorted by name, no white space (as encoding/json encodes maps), numbers with their original
// digits, and the time in the API's format.
func (e Event) sum() (string, error) {
	e.Hash = ""
	encoded, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	// An event read from the store has other Go types than a new one; for example, a time is a string.
	// Decoding both as untyped JSON makes them equal.
	var plain map[string]any
	if err := decode(encoded, &plain); err != nil {
		return "", fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	plain["at"] = api.FormatTime(e.At)
	if encoded, err = json.Marshal(plain); err != nil {
		return "", fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	hash := sha256.Sum256(encoded)
	return hex.EncodeToString(hash[:]), nil
}
