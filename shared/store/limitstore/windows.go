package limitstore

import (
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

// maxWindows bounds the memory of an environment that sees many keys.
const maxWindows = 10_000

// windows is what this environment knows of the limits of keys, by key: the window that was charged last, and how full it
// is. It saves updates, and allows nothing: a charge that passes is always the table's.
type windows struct {
	mu sync.Mutex
	of map[string]known
}

// known is what the last charge of a key found. Neither figure ever falls: passed not within its window, and used not at
// all.
type known struct {
	start     time.Time // of the window, and its length in seconds; zero where the charge had no rate limit
	length    int
	passed    int
	used      int
	exhausted *int // the limit of uses that is used up; nil where none is known to be
}

// running reports whether the charge's window is known to have begun.
func (w *windows) running(c keys.Charge) bool {
	start, _ := c.Rate.Window(c.At)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of[c.KeyID].start.Equal(start)
}

// refuses returns what the charge comes to where it is known to be refused: its window is as full as its limit allows, or
// the uses that it may have in all are used up. Both are held against the limits of this charge, which were read just
// now: a change of either is felt at once.
func (w *windows) refuses(c keys.Charge) (keys.Spent, bool) {
	w.mu.Lock()
	k, ok := w.of[c.KeyID]
	w.mu.Unlock()
	if !ok {
		return keys.Spent{}, false
	}
	s := keys.Spent{Used: k.used}
	if c.Rate != nil {
		if start, _ := c.Rate.Window(c.At); k.start.Equal(start) && k.length == c.Rate.WindowSeconds {
			s.InWindow = k.passed
			if k.passed >= c.Rate.Limit {
				s.Code = api.CodeRateLimited
				return s, true
			}
		}
	}
	if c.Uses != nil && k.exhausted != nil && *k.exhausted == *c.Uses {
		s.Code = api.CodeUsageExhausted
		return s, true
	}
	return keys.Spent{}, false
}

// note keeps what a charge found: what was spent in its window, which has begun if it has one, and in all.
func (w *windows) note(c keys.Charge, running bool, s keys.Spent) {
	k := known{used: s.Used}
	if c.Rate != nil && running {
		k.start, _ = c.Rate.Window(c.At)
		k.length, k.passed = c.Rate.WindowSeconds, s.InWindow
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ok := w.of[c.KeyID]
	k.used = max(k.used, before.used) // answers may overtake one another
	if before.start.Equal(k.start) && before.length == k.length {
		k.passed = max(k.passed, before.passed)
	}
	if c.Uses != nil && k.used >= *c.Uses {
		k.exhausted = new(*c.Uses)
	}
	if !ok && len(w.of) >= maxWindows {
		clear(w.of)
	}
	w.of[c.KeyID] = k
}
