// Package sessiontest provides drafts for tests of pages.
package sessiontest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/arxkeys/arxkeys/shared/client"
)

// Drafts are the drafts of one person in one tab, as a session keeps them. The zero value holds none. It
// is not safe for concurrent use.
type Drafts struct{ text map[string][]byte }

// Draft reads the draft with the name into v, and reports whether there is one.
func (d *Drafts) Draft(name string, v any) bool {
	text, ok := d.text[name]
	return ok && json.Unmarshal(text, v) == nil
}

// KeepDraft stores v as the draft with the name.
func (d *Drafts) KeepDraft(name string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	if d.text == nil {
		d.text = map[string][]byte{}
	}
	d.text[name] = text
}

// DropDraft deletes the draft with the name.
func (d *Drafts) DropDraft(name string) { delete(d.text, name) }

// Names returns the names of all drafts, sorted.
func (d *Drafts) Names() []string { return slices.Sorted(maps.Keys(d.text)) }

// Client returns a client that reaches no API.
func (*Drafts) Client() *client.Client { return &client.Client{Transport: nowhere{}} }

type nowhere struct{}

func (nowhere) Do(context.Context, client.Request) (client.Response, error) {
	return client.Response{}, errors.New("there is no API")
}

// Region returns no region.
func (*Drafts) Region() string { return "" }
