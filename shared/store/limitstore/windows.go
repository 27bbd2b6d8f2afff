package limitstore

import (
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// maxWindows bounds the memory of an environment that serves many keys.
const maxWindows = 10_000

// windows caches, by key, the window charged last and how full it is. The cache only saves updates: it can
// refuse a charge, but only the table accepts one.
//
// A charged window is ahead of this environment's clock if another environment's clock is fast. Since
// nobody knows which clock is right, such a window ends not by the clock but by its length: once this
// environment has observed it for that long. So a fast clock costs at most one window, and makes none
// longer or fuller.
type windows struct {
	mu    sync.Mutex
	known map[string]known
}

// known is the result of a key's last charge. The counts never decrease: passed within its window, used
// ever.
type known struct {
	sight
	asked     int // window length of the charge in seconds; 0 without a rate limit
	passed    int
	used      int
	exhausted *int // the exhausted limit of uses; nil if none is known to be exhausted
}

// sight is a window as this environment observed it.
type sight struct {
	start  time.Time // of the window charged last; zero if unknown
	length int       // seconds
	since  time.Time // when this environment first observed it
}

// of returns the key's window as last observed.
func (w *windows) of(keyID string) sight {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known[keyID].sight
}

// refuses reports whether the charge is known to be refused, with the result: its window is full, or its
// uses are exhausted. It compares with the limits of this charge, which were just read, so a change of
// either limit takes effect at once.
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

// note records the result of a charge: the window in the item, the count in it and the total uses. It
// returns the window.
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
	k.used = max(k.used, before.used) // responses may arrive out of order
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

// holds reports whether a charge is known to count in the window: it is the window of this environment's
// clock, or one ahead of it that has not ended.
func (s sight) holds(c keys.Charge) bool {
	start, _ := c.Rate.Window(c.At)
	return s.start.Equal(start) || s.start.After(start) && !s.over(*c.Rate, c.At)
}

// over reports whether the window was observed for the length of the rate limit's window.
func (s sight) over(rate api.RateLimit, at time.Time) bool { return !at.Before(s.end(rate)) }

// end returns when the window ends, as far as this environment knows.
func (s sight) end(rate api.RateLimit) time.Time {
	return s.since.Add(time.Duration(rate.WindowSeconds) * time.Second)
}

// next returns the start of the window that follows at that time: the window of the time, or, if the
// observed window is ahead of it, the one after the observed window.
func (s sight) next(rate api.RateLimit, at time.Time) time.Time {
	start, _ := rate.Window(at)
	if s.start.Before(start) {
		return start
	}
	_, end := rate.Window(s.start)
	return end
}

// resets returns when the window in which the charge was counted or refused ends.
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
