// Package sessiontest keeps the drafts of pages under test.
package sessiontest

import (
	"encoding/json"
	"maps"
	"slices"
)

// Drafts are the drafts of one person in one tab, as a session keeps them. The zero value holds
// none. They are for one goroutine.
type Drafts struct{ text map[string][]byte }

// Draft reads the draft of the name into the value, and reports whether there is one.
func (d *Drafts) Draft(name string, v any) bool {
	text, ok := d.text[name]
	return ok && json.Unmarshal(text, v) == nil
}

// KeepDraft keeps the value as the draft of the name.
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

// DropDraft removes the draft of the name.
func (d *Drafts) DropDraft(name string) { delete(d.text, name) }

// Names returns the names of all drafts, sorted.
func (d *Drafts) Names() []string { return slices.Sorted(maps.Keys(d.text)) }
