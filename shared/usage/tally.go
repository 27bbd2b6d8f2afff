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

// Cell identifies one figure of a day.
type Cell struct {
	Hour int // 0 to 23, UTC
	Code api.Code
}

// Figures are counts of a day.
type Figures map[Cell]int

// Tally contains counts that have not been written yet. The zero value is empty.
type Tally struct {
	Days   map[Day]Figures
	Latest map[Record]LatestUse
}

// Record identifies a key, an application or an Arx, whose latest use lists show.
type Record struct{ Tenant, ID string }

// LatestUse is the latest use of a record.
type LatestUse struct {
	Last LastUse
	Good map[time.Time]int // VALID verifications by start of the hour (UTC)
}

// Own adds a use to the figures of its key. The use of an unknown access key has none. See Put for max and
// the result.
func (t *Tally) Own(u Use, max int) bool {
	if u.KeyID == "" {
		return true
	}
	sight := Sight{At: u.At.UTC(), LastFour: u.LastFour}
	last := LastUse{Newest: sight}
	if u.Older {
		last = LastUse{Older: sight}
	}
	whole := t.add(u, Of(u.KeyID), max)
	return t.used(u, u.KeyID, last, max) && whole
}

// Shared adds a use to the figures of its tenant, application and Arx. The use of an unknown access key
// counts only for the tenant, because anyone can present one. See Put for max and the result.
func (t *Tally) Shared(u Use, max int) bool {
	whole := t.add(u, Of(u.Tenant), max)
	if u.KeyID == "" {
		return whole
	}
	for _, id := range []string{u.ApplicationID, u.ArxID} {
		whole = t.add(u, Of(id), max) && whole
		whole = t.used(u, id, LastUse{Newest: Sight{At: u.At.UTC()}}, max) && whole
	}
	return t.add(u, Subject{ID: u.ApplicationID, ArxID: u.ArxID}, max) && whole
}

func (t *Tally) add(u Use, to Subject, max int) bool {
	at := u.At.UTC()
	figures, whole := t.day(Day{to, at.Truncate(day)}, max)
	if whole {
		figures[Cell{at.Hour(), u.Code}]++
	}
	return whole
}

// used adds a valid use to the record's latest uses.
func (t *Tally) used(u Use, id string, last LastUse, max int) bool {
	if !u.Good() {
		return true
	}
	return t.PutLatest(Record{u.Tenant, id}, LatestUse{last, map[time.Time]int{u.At.UTC().Truncate(time.Hour): 1}}, max)
}

// Put adds figures to those of the day. It returns false and adds nothing if the day is new and the tally
// already has max days. The same bound applies to all methods with max.
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

// PutLatest adds latest uses to those of the record. See Put for max and the result.
func (t *Tally) PutLatest(r Record, l LatestUse, max int) bool {
	was, known := t.Latest[r]
	if !known && len(t.Latest) >= max {
		return false
	}
	if t.Latest == nil {
		t.Latest = map[Record]LatestUse{}
	}
	if was.Good == nil {
		was.Good = map[time.Time]int{}
	}
	for hour, n := range l.Good {
		was.Good[hour] += n
	}
	was.Last = was.Last.Later(l.Last)
	t.Latest[r] = was
	return true
}

// Empty reports whether there is nothing to add.
func (t *Tally) Empty() bool { return len(t.Days) == 0 && len(t.Latest) == 0 }
