package usage

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Day is one day of a subject's figures.
type Day struct {
	Subject
	Start time.Time // midnight, UTC
}

// Cell is one figure of a day.
type Cell struct {
	Hour int // 0 to 23, UTC
	Code api.Code
}

// Figures are counts of a day.
type Figures map[Cell]int

// Tally is what was counted and is to be added to what is kept. The zero value is empty.
type Tally struct {
	Days map[Day]Figures
	Last map[Subject]LastUse
}

// Own adds a use to the figures of its key. Of an access key that nobody knows there are none.
func (t *Tally) Own(u Use, max int) bool {
	if u.KeyID == "" {
		return true
	}
	sight := Sight{At: u.At.UTC(), LastFour: u.LastFour}
	last := LastUse{Newest: sight}
	if u.Older {
		last = LastUse{Older: sight}
	}
	return t.add(u, Of(u.KeyID), last, max)
}

// Shared adds a use to the figures of which it is a part: its tenant's, its application's and its
// Arx's. An access key that nobody knows is part of the tenant's alone: anybody can present one.
func (t *Tally) Shared(u Use, max int) bool {
	whole := t.add(u, Of(u.Tenant), LastUse{}, max)
	if u.KeyID == "" {
		return whole
	}
	last := LastUse{Newest: Sight{At: u.At.UTC()}}
	for _, s := range []Subject{Of(u.ApplicationID), Of(u.ArxID)} {
		whole = t.add(u, s, last, max) && whole
	}
	return t.add(u, Subject{ID: u.ApplicationID, ArxID: u.ArxID}, LastUse{}, max) && whole
}

func (t *Tally) add(u Use, to Subject, last LastUse, max int) bool {
	at := u.At.UTC()
	figures, whole := t.day(Day{to, at.Truncate(day)}, max)
	if whole {
		figures[Cell{at.Hour(), u.Code}]++
	}
	if u.Good() && last != (LastUse{}) {
		whole = t.Used(to, last, max) && whole
	}
	return whole
}

// Put adds figures to those of the day. A day that the tally does not know is left out where it holds
// max of them already; then the answer is false, here and in all that adds.
func (t *Tally) Put(d Day, f Figures, max int) bool {
	figures, ok := t.day(d, max)
	if ok {
		for cell, n := range f {
			figures[cell] += n
		}
	}
	return ok
}

func (t *Tally) day(d Day, max int) (figures Figures, ok bool) {
	if figures, ok = t.Days[d]; ok {
		return figures, true
	}
	if len(t.Days) >= max {
		return nil, false
	}
	if t.Days == nil {
		t.Days = map[Day]Figures{}
	}
	figures = Figures{}
	t.Days[d] = figures
	return figures, true
}

// Used notes a last use, unless a later one is noted.
func (t *Tally) Used(s Subject, last LastUse, max int) bool {
	was, known := t.Last[s]
	if !known && len(t.Last) >= max {
		return false
	}
	if t.Last == nil {
		t.Last = map[Subject]LastUse{}
	}
	t.Last[s] = was.Later(last)
	return true
}

// Empty reports whether there is nothing to add.
func (t *Tally) Empty() bool { return len(t.Days) == 0 && len(t.Last) == 0 }
