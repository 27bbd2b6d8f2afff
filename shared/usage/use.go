// Package usage holds the rules of use: what is counted of a verification, whose figures it is part
// of, and what a chart is made of. It reads and writes nothing.
package usage

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Use is one verification that was decided. One that could not be decided is none.
type Use struct {
	Tenant        string // of who asked
	KeyID         string // with its parents, or all three empty where nobody knows the access key
	ApplicationID string
	ArxID         string
	Code          api.Code
	LastFour      string // of the access key that was presented, by which those of a key are told apart
	Older         bool   // it was the older one of an overlap
	At            time.Time
}

// Good reports whether the key was used: a verification that refused it is counted by its code, and
// is neither a last use nor one of the uses of the last 24 hours.
func (u Use) Good() bool { return u.Code == api.CodeValid }

// Subject is whose figures they are: of a tenant, an application, an Arx, an application at an Arx, or
// a key.
type Subject struct {
	ID    string // of the record, or the tenant's name, which has no _ and so is never an id
	ArxID string // of an application: only what it did at that Arx; empty: all
}

// Of returns the subject with the id, or of the tenant with the name.
func Of(id string) Subject { return Subject{ID: id} }

// LastUse is when something was used last: a key by the access key that was its newest then, and by
// one that was the older one of an overlap. What is no key has no older.
type LastUse struct{ Newest, Older Sight }

// Sight is a use by an access key. The zero value is none.
type Sight struct {
	At       time.Time
	LastFour string // of the access key; empty where that is not told apart
}

// Later returns the later of each.
func (l LastUse) Later(other LastUse) LastUse {
	return LastUse{l.Newest.later(other.Newest), l.Older.later(other.Older)}
}

func (s Sight) later(other Sight) Sight {
	if other.At.After(s.At) {
		return other
	}
	return s
}

// At returns the last use by any access key, nil where there was none.
func (l LastUse) At() *time.Time { return l.Newest.later(l.Older).at() }

// By returns the last use by the access key with the last four characters, nil where none is known:
// it was not used, or it was before it gave way to one that was used since.
func (l LastUse) By(lastFour string) *time.Time {
	var last Sight
	for _, s := range []Sight{l.Newest, l.Older} {
		if s.LastFour == lastFour {
			last = last.later(s)
		}
	}
	return last.at()
}

func (s Sight) at() *time.Time {
	if s.At.IsZero() {
		return nil
	}
	return &s.At
}
