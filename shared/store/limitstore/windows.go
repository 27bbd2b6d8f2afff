package limitstore

import (
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// maxWindows bounds the memory of an environment that sees many keys.
const maxWindows = 10_000

// windows is what this environment knows of the limits of keys, by key: the window that was charged last, and how full it
// is. It saves updates, and allows nothing: a charge that passes is always the table's.
//
// A window that was charged lies ahead of this environment's clock where another environment's clock
// is ahead. It is not ended by the clock then, since nobody knows whose is right, but by its length:
// once this environment has seen it for as long, however wrong the clocks are. So a clock that is
// ahead withholds one window at most, and none is longer or counts more because of it.
type windows struct {
	mu    sync.Mutex
	known map[string]known
}

// known is what the last charge of a key found. Neither figure ever falls: passed not within its window, and used not at
// all.
type known struct {
	sight
	asked     int // seconds: the length of the windows of the charge; 0 where it had no rate limit
	passed    int
	used      int
	exhausted *int // the limit of uses that is used up; nil where none is known to be
}

// sight is a window as this environment sees it.
type sight struct {
	start  time.Time // of the window that was charged last; zero: nothing is known
	length int       // seconds
	since  time.Time // when this environment saw it first
}

// of returns the window that is known of the key.
func (w *windows) of(keyID string) sight {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known[keyID].sight
}

// refuses returns what the charge comes to where it is known to be refused: its window is as full as its limit allows, or
// the uses that it may have in all are used up. Both are held against the limits of this charge, which were read just
// now: a change of either is felt at once.
func (w *windows) refuses(c keys.Charge) (keys.Spent, bool) {
	w.mu.Lock()
	k, ok := w.known[c.KeyID]
	w.mu.Unlock()
	if !ok {
		return keys.Spent{}, false
	}
	s := keys.Spent{Used: k.used}
	if c.Rate != nil {
		s.ResetAt = k.resets(c)
		if k.asked == c.Rate.WindowSeconds && k.holds(c) {
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

// note keeps what a charge found: the window that the item shows, what was spent in it, and in all. It returns the window.
func (w *windows) note(c keys.Charge, item table.Item, s keys.Spent) sight {
	k := known{used: s.Used}
	if c.Rate != nil {
		k.asked = c.Rate.WindowSeconds
	}
	if item[window] != nil {
		k.sight = sight{item.Time(window), item.Int(length), time.UnixMilli(c.At.UnixMilli()).UTC()}
		k.passed = s.InWindow
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ok := w.known[c.KeyID]
	k.used = max(k.used, before.used) // answers may overtake one another
	if before.start.Equal(k.start) && before.length == k.length {
		k.passed = max(k.passed, before.passed)
		if before.since.Before(k.since) {
			k.since = before.since
		}
	}
	if c.Uses != nil && k.used >= *c.Uses {
		k.exhausted = new(*c.Uses)
	}
	if !ok && len(w.known) >= maxWindows {
		clear(w.known)
	}
	w.known[c.KeyID] = k
	return k.sight
}

// holds reports whether a charge is known to count in the window: it is that of this environment's clock, or one ahead of
// it that is not over.
func (s sight) holds(c keys.Charge) bool {
	start, _ := c.Rate.Window(c.At)
	return s.start.Equal(start) || s.start.After(start) && !s.over(*c.Rate, c.At)
}

// over reports whether the window has been seen for as long as one of the rate limit is.
func (s sight) over(rate api.RateLimit, at time.Time) bool { return !at.Before(s.end(rate)) }

// end is when the window is over, as far as this environment knows.
func (s sight) end(rate api.RateLimit) time.Time {
	return s.since.Add(time.Duration(rate.WindowSeconds) * time.Second)
}

// next returns the window that follows at that time: the one in which the time lies, or where the
// window that was seen lies ahead of it, the one behind that.
func (s sight) next(rate api.RateLimit, at time.Time) time.Time {
	start, _ := rate.Window(at)
	if s.start.Before(start) {
		return start
	}
	_, end := rate.Window(s.start)
	return end
}

// resets returns when the window in which the charge was counted, or refused, is over.
func (s sight) resets(c keys.Charge) time.Time {
	_, end := c.Rate.Window(c.At)
	if s.start.Before(end) {
		return end
	}
	if _, ahead := c.Rate.Window(s.start); ahead.Before(s.end(*c.Rate)) {
		return ahead
	}
	return s.end(*c.Rate)
}
