package keystore

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// index is an index of a tenant's rows. It contains a copy of each row that belongs to it, grouped by class
// and sorted by a text, then by id. A row and its copies are written in one transaction, so an index is
// never out of date.
type index struct {
	name  string                    // empty for the rows themselves
	class func(keys.Row) string     // empty if the row does not belong to the index
	by    func(keys.Row) string     // nil if sorted by id alone, which is by creation time
	until func(keys.Row) *time.Time // time to live of a copy; nil for none
}

// Classes of an index that separates deleted keys from others.
const (
	live    = "live"
	deleted = "deleted"
)

// The indexes. Each one adds an item of at most 1 KB to every change of a row.
var (
	byID          = index{class: liveness}
	byStatus      = index{name: "status", class: func(r keys.Row) string { return string(r.Counted) }}
	byName        = index{name: "name", class: liveness, by: func(r keys.Row) string { return table.SortedText(names.Fold(r.Name)) }}
	byExpiry      = index{name: "expiry", class: liveness, by: func(r keys.Row) string { return table.SortedTime(r.ExpiresAt) }}
	byRotation    = index{name: "rotation", class: liveness, by: func(r keys.Row) string { return table.Millis(r.RotateBy) }}
	byApplication = index{name: "application", class: func(r keys.Row) string { return within(r.ApplicationID, liveness(r)) }}
	byArx         = index{name: "arx", class: func(r keys.Row) string { return within(r.ArxID, liveness(r)) }}

	// due contains the active keys by rotation time. In an index of all keys, any number of expired ones
	// could come first.
	due = index{name: "due", class: onlyIf(func(r keys.Row) bool { return r.Counted == api.KeyActive }), by: byRotation.by}

	// overlaps contains the keys with two access keys, by the end of the overlap.
	overlaps = index{
		name: "overlap", class: onlyIf(func(r keys.Row) bool { return r.OverlapUntil != nil }),
		by: func(r keys.Row) string { return table.SortedTime(r.OverlapUntil) }, until: func(r keys.Row) *time.Time { return r.OverlapUntil },
	}

	// unused contains the keys that the daily roll-up found unused.
	unused = index{name: "unused", class: onlyIf(func(r keys.Row) bool { return r.Unused })}

	copies = []index{byStatus, byName, byExpiry, byRotation, byApplication, byArx, due, overlaps, unused}
)

func liveness(r keys.Row) string {
	if r.State == api.KeyDeleted {
		return deleted
	}
	return live
}

// onlyIf returns the class function of an index of some of the keys that are not deleted.
func onlyIf(belongs func(keys.Row) bool) func(keys.Row) string {
	return func(r keys.Row) string {
		if r.State == api.KeyDeleted || !belongs(r) {
			return ""
		}
		return live
	}
}

// within returns the class of rows of a parent.
func within(parentID, class string) string { return parentID + "#" + class }

// apart separates the sort text from the id. It sorts before all characters of a name.
const apart = "\x1f"

// position is the position of a row in a class.
type position struct{ by, id string }

func (ix index) position(r keys.Row) position {
	if ix.by == nil {
		return position{"", r.ID}
	}
	return position{ix.by(r), r.ID}
}

// partition returns the key of the index's partition, without a sort key.
func (ix index) partition(tenant string) table.Key {
	if ix.name == "" {
		return table.KeyRow(tenant, "")
	}
	return table.KeyIndex(tenant, ix.name, "")
}

// at returns the key of the row's copy in the index. ok is false if the row does not belong to the index.
func (ix index) at(tenant string, r keys.Row) (table.Key, bool) {
	class := ix.class(r)
	if class == "" {
		return table.Key{}, false
	}
	at := ix.partition(tenant)
	at.SK = class + "#" + ix.sortKey(ix.position(r))
	return at, true
}

func (ix index) sortKey(p position) string {
	if ix.by == nil {
		return p.id
	}
	return p.by + apart + p.id
}

// stretch returns the range of a class after the position, in the direction. A nil position is the start.
func (ix index) stretch(tenant, class string, behind *position, backward bool) table.Range {
	of := ix.partition(tenant)
	of.SK = class + "#"
	r := table.Prefixed(of)
	if behind == nil {
		return r.Behind("", backward)
	}
	return r.Behind(of.SK+ix.sortKey(*behind), backward)
}

// maxWords bounds how many words of a name are indexed. Other words are found like text in the middle of a
// word. Renaming a key moves all indexed words in one transaction, which DynamoDB limits to a hundred
// items.
const maxWords = 32

const words = "word"

// wordsOf returns the texts by which the name is found: the rest of the name from each of its words on.
func wordsOf(name string) []string {
	folded := names.Fold(name)
	var found []string
	for rest := folded; rest != "" && len(found) < maxWords; {
		if word := table.SortedText(rest); !slices.Contains(found, word) {
			found = append(found, word)
		}
		next := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
		if next < 0 {
			break
		}
		rest = strings.TrimLeftFunc(rest[next:], func(r rune) bool { return !inWord(r) })
	}
	return found
}

func wordAt(tenant, word, id string) table.Key { return table.KeyIndex(tenant, words, word+apart+id) }

// inWord reports whether the character is part of a word: a letter, a mark or a digit.
func inWord(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }
