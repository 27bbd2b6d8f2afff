// Package limitstore counts what is used of the limits of API keys.
//
// A key has one item, whatever its limits are now: so a change of a limit forgets nothing. No
// transaction touches it, and a key without limits has none.
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

// The attributes of what is used.
const (
	used   = "used"   // uses in all, since they were limited first
	window = "window" // the start of the window that was charged last
	length = "length" // seconds, of that window
	passed = "passed" // verifications in it
	last   = "last"   // when it was charged last
)

// Limits charges the limits of keys. It is safe for concurrent use.
type Limits struct {
	db   *table.Table
	seen windows
}

// New returns the limits that lie in the table.
func New(db *table.Table) *Limits {
	return &Limits{db: db, seen: windows{known: map[string]known{}}}
}

// maxTurns is how many updates a charge may take: one, as a rule. Another where the window that this
// environment expected is not the one that is there.
const maxTurns = 4

// Charge takes what the charge says of both limits, or nothing of either. It is exact, however many
// charge at once: no more uses pass than there are, and in no window more than its limit. A window
// ends by the clock; one that another environment's clock began too early ends by its length. A charge
// that this environment knows to be refused, because an earlier one found the window full or the uses
// used up, costs no update; a change of the limits is felt at once.
//
// Where it can't be found out whether the charge was made, the answer is problem.Unavailable: it may
// have been.
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
			now.InWindow = 0 // of a window that is over
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
	return keys.Spent{}, problem.Busy(fmt.Errorf("charge %s: its window turned %d times", c.KeyID, maxTurns))
}

// Used returns how many uses of the key were charged in all.
func (l *Limits) Used(ctx context.Context, keyID string) (int, error) { return Used(ctx, l.db, keyID) }

// Used returns how many uses of the key were charged in all.
func Used(ctx context.Context, db *table.Table, keyID string) (int, error) {
	item, err := db.Get(ctx, table.Limit(keyID), used)
	if err != nil {
		return 0, fmt.Errorf("read what is used of %s: %w", keyID, err)
	}
	return item.Int(used), nil
}

// Remove takes away what was counted of a key that is gone.
func Remove(tx *table.Transaction, keyID string) { tx.Remove(table.Limit(keyID)) }

func spent(item table.Item) keys.Spent {
	return keys.Spent{Code: api.CodeValid, InWindow: item.Int(passed), Used: item.Int(used)}
}

// first returns what a charge is likely to make of the window that this environment knows.
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

// after returns what a charge makes of the window that the item shows, and whether it counts in it.
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

// runs reports whether what was counted counts in the window of the charge: because it is the window
// that was charged last, or a later one by another environment's clock. After a change of the
// window's length it is that in which the last charge lies, so that it begins with what the one
// before it saw, which is never less than it should be.
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
