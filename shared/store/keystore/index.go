package keystore

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// An index holds a copy of each row of a tenant that belongs to it, in classes, each sorted by a text and then by id. A
// row and its copies are written in one transaction, so that every index is as true as the rows themselves.
type index struct {
	name  string                    // empty: the rows themselves
	class func(keys.Row) string     // empty where the row does not belong to the index
	by    func(keys.Row) string     // nil: sorted by id alone, which is by time
	until func(keys.Row) *time.Time // nil: it belongs there until it is changed
}

// The classes of an index that keeps deleted keys apart from all others.
const (
	live    = "live"
	deleted = "deleted"
)

// The indexes. Whoever adds one adds an item of at most 1 KB to each change of a row.
var (
	byID          = index{class: liveness}
	byStatus      = index{name: "status", class: func(r keys.Row) string { return string(r.Counted) }}
	byName        = index{name: "name", class: liveness, by: func(r keys.Row) string { return sortedName(r.Name) }}
	byExpiry      = index{name: "expiry", class: liveness, by: func(r keys.Row) string { return table.SortedTime(r.ExpiresAt) }}
	byRotation    = index{name: "rotation", class: liveness, by: func(r keys.Row) string { return table.Millis(r.RotateBy) }}
	byApplication = index{name: "application", class: func(r keys.Row) string { return within(r.ApplicationID, liveness(r)) }}
	byArx         = index{name: "arx", class: func(r keys.Row) string { return within(r.ArxID, liveness(r)) }}

	// due holds the active keys by when their rotation is due. Among all keys the expired ones, of which there may be any
	// number, would lie in front.
	due = index{name: "due", class: onlyIf(func(r keys.Row) bool { return r.Counted == api.KeyActive }), by: byRotation.by}

	// overlaps holds the keys with two access keys by when the older one ends.
	overlaps = index{
		name: "overlap", class: onlyIf(func(r keys.Row) bool { return r.OverlapUntil != nil }),
		by: func(r keys.Row) string { return table.SortedTime(r.OverlapUntil) }, until: func(r keys.Row) *time.Time { return r.OverlapUntil },
	}

	// unused holds the keys that the daily roll-up found unused.
	unused = index{name: "unused", class: onlyIf(func(r keys.Row) bool { return r.Unused })}

	copies = []index{byStatus, byName, byExpiry, byRotation, byApplication, byArx, due, overlaps, unused}
)

func liveness(r keys.Row) string {
	if r.State == api.KeyDeleted {
		return deleted
	}
	return live
}

// onlyIf is the class of an index of some of the keys that are not deleted.
func onlyIf(belongs func(keys.Row) bool) func(keys.Row) string {
	return func(r keys.Row) string {
		if r.State == api.KeyDeleted || !belongs(r) {
			return ""
		}
		return live
	}
}

// within is the class of what belongs to a parent.
func within(parentID, class string) string { return parentID + "#" + class }

// apart stands between what a class is sorted by and the id, and sorts before all that a name is made of.
const apart = "\x1f"

// position is where a row stands in a class.
type position struct{ by, id string }

func (ix index) position(r keys.Row) position {
	if ix.by == nil {
		return position{"", r.ID}
	}
	return position{ix.by(r), r.ID}
}

// partition is the key of the index without a sort key.
func (ix index) partition(tenant string) table.Key {
	if ix.name == "" {
		return table.KeyRow(tenant, "")
	}
	return table.KeyIndex(tenant, ix.name, "")
}

// at returns where the row lies in the index, and false where it does not belong there.
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

// stretch is the part of a class that lies behind the position, in the direction; all of it where there is none.
func (ix index) stretch(tenant, class string, behind *position, backward bool) table.Range {
	of := ix.partition(tenant)
	of.SK = class + "#"
	r := table.Prefixed(of)
	if behind == nil {
		return r.Behind("", backward)
	}
	return r.Behind(of.SK+ix.sortKey(*behind), backward)
}

// maxSortedBytes is how much of a name counts where names are sorted and searched, so that a sort key and a cursor
// stay short: a folded name can have thousands of bytes, and DynamoDB takes 1,024 of a sort key.
const maxSortedBytes = 400

func sortedName(name string) string { return beginning(names.Fold(name)) }

// beginning is the text to its last whole character that counts.
func beginning(text string) string {
	if len(text) <= maxSortedBytes {
		return text
	}
	text = text[:maxSortedBytes]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// maxWords is by how many of its words a name is found at any size; by the others it is found as by what stands in the
// middle of a word. A rename of a key moves all of them in one transaction, which DynamoDB bounds at a hundred items.
const maxWords = 32

const words = "word"

// wordsOf returns what the name is found by: the name from each of its words on.
func wordsOf(name string) []string {
	folded := names.Fold(name)
	var found []string
	for rest := folded; rest != "" && len(found) < maxWords; {
		if word := beginning(rest); !slices.Contains(found, word) {
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
