// Package audit defines who did what to what.
//
// Every change writes an event in the transaction that makes it. An event carries the hash of the
// event before it on the same resource, so that a chain shows when one was altered or taken out.
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

// Retention is how long events are kept.
const Retention = 400 * 24 * time.Hour

// Resource is what was changed.
type Resource struct {
	Kind string `json:"kind"` // application, arx, key or management_key
	ID   string `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON keeps numbers as they were written: a caller's metadata may hold some that no Go
// number does.
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
	Action    string    `json:"action"` // the operation's name, such as keys.create
	Principal api.By    `json:"principal"`
	Resource  Resource  `json:"resource"`
	From      string    `json:"from"` // client address
	Changes   Changes   `json:"changes"`
	RequestID string    `json:"request_id"`
	Previous  string    `json:"previous"` // hash of the resource's event before this one, empty for the first
	Hash      string    `json:"hash"`     // of all above
}

// New returns the event of a change that the principal makes now. The previous hash is that of the
// resource's latest event, empty where this is the first. Changes hold nothing secret: the caller
// sees to it.
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

// After returns the time of a change that is made now, on a resource whose latest change was at
// previous: later than that by a millisecond at least, though the clock that made it was ahead of
// this one. So a resource's events sort in the order in which they happened.
func After(previous, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Millisecond)
	if earliest := previous.UTC().Truncate(time.Millisecond).Add(time.Millisecond); now.Before(earliest) {
		return earliest
	}
	return now
}

// Intact reports whether the event is as it was written.
func (e Event) Intact() bool {
	sum, err := e.sum()
	return err == nil && sum == e.Hash
}

// sum is the SHA-256, in hex, of the canonical encoding: the JSON of the event with an empty hash,
// the names of every object sorted, no white space, as encoding/json writes maps; numbers as they
// were written, and the time as answers hold it.
func (e Event) sum() (string, error) {
	e.Hash = ""
	encoded, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	// What was read back from the store has other Go types than what was written (a time is a
	// string then); the detour through untyped JSON makes both the same.
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
