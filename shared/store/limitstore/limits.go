// Package limitstore counts what API keys have used of their limits.
//
// A key has one item, whatever its limits are, so a change of a limit does not reset the counts. No
// transaction writes it, and a key without limits has none.
package limitstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Attributes of a key's item.
const (
	used   = "used"   // total uses since the key first had a limit of uses
	window = "window" // start of the window charged last
	length = "length" // length of that window in seconds
	passed = "passed" // verifications counted in that window
	last   = "last"   // time of the last charge
)

// Limits charges the limits of keys. It is safe for concurrent use.
type Limits struct {
	db   *table.Table
	seen windows
}

// New returns the limits in db.
func New(db *table.Table) *Limits {
	return &Limits{db: db, seen: windows{known: map[string]known{}}}
}

// maxTurns bounds the updates of a charge. Usually one is enough; another follows if the stored window is
// not the one that this environment expected.
const maxTurns = 4

// Charge charges both limits or, if either refuses, none. It is exact under concurrency: a key is never
// used more often than its limit of uses, and no window exceeds its rate limit. A window ends by the clock;
// one that another environment's fast clock started too early ends after its length. A charge that this
// environment knows will be refused, because an earlier one found the window full or the uses exhausted,
// costs no update. A change of the limits takes effect at once.
//
// Charge returns problem.Unavailable if it is unknown whether the charge was made.
func (l *Limits) Charge(ctx context.Context, c keys.Charge) (keys.Spent, error) {
	if spent, refused := l.seen.refuses(c); refused {
		return spent, nil
	}
	seen := l.seen.of(c.KeyID)
	next := first(c, seen)
	for range maxTurns {
		item, err := l.db.UpdateOnce(ctx, table.Limit(c.KeyID), expression(c, next, seen))
		if err != nil && !errors.Is(err, table.ErrRefused) {
			return keys.Spent{}, fmt.Errorf("charge %s: %w", c.KeyID, err)
		}
		now := spent(item)
		if seen = l.seen.note(c, item, now); c.Rate != nil {
			now.ResetAt = seen.resets(c)
		}
		if err == nil {
			return now, nil
		}
		var running bool
		if next, running = after(item, c, seen); !running {
			now.InWindow = 0 // the window has ended
		}
		switch {
		case running && now.InWindow >= c.Rate.Limit:
			now.Code = api.CodeRateLimited
			return now, nil
		case c.Uses != nil && now.Used > *c.Uses-c.Cost:
			now.Code = api.CodeUsageExhausted
			return now, nil
		}
	}
	return keys.Spent{}, problem.Busy(fmt.Errorf("charge %s: its window changed %d times", c.KeyID, maxTurns))
}

// Used returns the total number of uses charged to the key.
func (l *Limits) Used(ctx context.Context, keyID string) (int, error) { return Used(ctx, l.db, keyID) }

// Used returns the total number of uses charged to the key.
func Used(ctx context.Context, db *table.Table, keyID string) (int, error) {
	item, err := db.Get(ctx, table.Limit(keyID), used)
	if err != nil {
		return 0, fmt.Errorf("read the uses of %s: %w", keyID, err)
	}
	return item.Int(used), nil
}

// Remove removes the counts of a deleted key.
func Remove(tx *table.Transaction, keyID string) { tx.Remove(table.Limit(keyID)) }

func spent(item table.Item) keys.Spent {
	return keys.Spent{Code: api.CodeValid, InWindow: item.Int(passed), Used: item.Int(used)}
}

// first returns the likely effect of a charge on the window that this environment knows.
func first(c keys.Charge, seen sight) turn {
	if c.Rate == nil {
		return goesOn
	}
	switch start, _ := c.Rate.Window(c.At); {
	case seen.start.Before(start):
		return begins
	case seen.start.After(start) && seen.over(*c.Rate, c.At):
		return follows
	}
	return goesOn
}

// after returns the effect of a charge on the window in the item, and whether the charge counts in that
// window.
func after(item table.Item, c keys.Charge, seen sight) (next turn, running bool) {
	switch {
	case c.Rate == nil:
		return goesOn, false
	case !runs(item, c):
		return begins, false
	}
	start, _ := c.Rate.Window(c.At)
	if ahead := seen.start.After(start) || item.Time(last).After(c.At); ahead && seen.over(*c.Rate, c.At) {
		return follows, false
	}
	return goesOn, true
}

// runs reports whether the charge counts in the stored window: it is the charge's own window, or a later
// one started by another environment's clock. After a change of the window's length it is the window of the
// last charge, which then starts with the count of the one before it: never less than it should be.
func runs(item table.Item, c keys.Charge) bool {
	start, _ := c.Rate.Window(c.At)
	switch {
	case item[window] == nil:
		return false
	case !item.Time(window).Before(start):
		return true
	}
	return item.Int(length) != c.Rate.WindowSeconds && !item.Time(last).Before(start)
}
