// Package usage implements the rules of usage figures: what a verification counts, for whom, and how a
// chart is computed. It does no I/O.
package usage

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Use is one verification with a verdict. A verification that failed to reach one is not a use.
type Use struct {
	Tenant        string // of the caller
	KeyID         string // with its parents; all three are empty for an unknown access key
	ApplicationID string
	ArxID         string
	Code          api.Code
	LastFour      string // of the presented access key; distinguishes the access keys of a key
	Older         bool   // the presented access key is the previous one, in its overlap
	At            time.Time
}

// Good reports whether the key was used. A refused verification is counted by its code, but is neither a
// last use nor one of the uses of the last 24 hours.
func (u Use) Good() bool { return u.Code == api.CodeValid }

// Subject is what figures are about: a tenant, an application, an Arx, an application at an Arx, or a key.
type Subject struct {
	ID    string // of the record, or the tenant's name, which has no _ and is therefore never an id
	ArxID string // restricts an application's figures to that Arx; optional
}

// Of returns the subject with the id, or of the tenant with the name.
func Of(id string) Subject { return Subject{ID: id} }

// LastUse is the last use of a record: for a key, by its newest access key at the time, and by the previous
// one during an overlap. Other records have no Older.
type LastUse struct{ Newest, Older Sight }

// Sight is a use of an access key. The zero value means none.
type Sight struct {
	At       time.Time
	LastFour string // of the access key; empty for applications and Arxes
}

// Later returns the later use of each kind.
func (l LastUse) Later(other LastUse) LastUse {
	return LastUse{l.Newest.later(other.Newest), l.Older.later(other.Older)}
}

func (s Sight) later(other Sight) Sight {
	if other.At.After(s.At) {
		return other
	}
	return s
}

// At returns the last use by any access key, nil if there was none.
func (l LastUse) At() *time.Time { return l.Newest.later(l.Older).at() }

// By returns the last use of the access key with the last four characters. It returns nil if none is known:
// the access key was never used, or it was replaced by one that has been used since.
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
