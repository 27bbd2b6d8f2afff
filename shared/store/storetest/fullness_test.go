package storetest_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// writes is the engine with a count of updates.
type writes struct {
	*dynamodb.Client
	count atomic.Int32
}

func (w *writes) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	w.count.Add(1)
	return w.Client.UpdateItem(ctx, in, o...)
}

// limited charges one key from two environments, and counts the updates of the first.
type limited struct {
	*testing.T
	engine       *writes
	first, other *limitstore.Limits
	charge       keys.Charge
}

func newLimited(t *testing.T, rate *api.RateLimit, uses *int) *limited {
	e := storetest.Open(t)
	needsWhatIsThere(t, e)
	w := &writes{Client: e.Client}
	at := time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)
	return &limited{t, w, limitstore.New(table.New(w, e.Name)), limitstore.New(e.Table()), keys.Charge{KeyID: "key_0123456789abcdef", Rate: rate, Uses: uses, Cost: 1, At: at}}
}

// costs checks the result of a charge and the number of updates that it takes.
func (l *limited) costs(why string, want keys.Spent, updates int32) {
	l.Helper()
	before := l.engine.count.Load()
	got, err := l.first.Charge(l.Context(), l.charge)
	got.ResetAt = time.Time{}
	if made := l.engine.count.Load() - before; err != nil || got != want || made != updates {
		l.Errorf("%s: %+v, %v and %d updates, want %+v and %d", why, got, err, made, want, updates)
	}
}

func (l *limited) elsewhere(want keys.Spent) {
	l.Helper()
	got, err := l.other.Charge(l.Context(), l.charge)
	if got.ResetAt = (time.Time{}); err != nil || got != want {
		l.Errorf("the other environment: %+v, %v, want %+v", got, err, want)
	}
}

func TestRefusalInAKnownFullWindowWritesNothing(t *testing.T) {
	rate := func(limit, seconds int) *api.RateLimit { return &api.RateLimit{Limit: limit, WindowSeconds: seconds} }
	l := newLimited(t, rate(2, 60), nil)
	l.costs("the first", keys.Spent{Code: api.CodeValid, InWindow: 1}, 1)
	l.elsewhere(keys.Spent{Code: api.CodeValid, InWindow: 2})
	l.costs("not known to be full here", keys.Spent{Code: api.CodeRateLimited, InWindow: 2}, 1)
	for range 100 {
		l.costs("full", keys.Spent{Code: api.CodeRateLimited, InWindow: 2}, 0)
	}
	l.charge.Rate = rate(3, 60)
	l.costs("a higher limit takes effect at once", keys.Spent{Code: api.CodeValid, InWindow: 3}, 1)
	l.costs("full, as its last charge showed", keys.Spent{Code: api.CodeRateLimited, InWindow: 3}, 0)
	l.charge.Rate = rate(1, 60)
	l.costs("a lower limit", keys.Spent{Code: api.CodeRateLimited, InWindow: 3}, 0)
	l.charge.Rate = rate(3, 3600)
	l.costs("the fullness of another window is read", keys.Spent{Code: api.CodeRateLimited, InWindow: 3}, 1)
	l.costs("and then known", keys.Spent{Code: api.CodeRateLimited, InWindow: 3}, 0)
	l.charge.Rate = nil
	l.charge.Uses = new(5)
	l.costs("without the limit", keys.Spent{Code: api.CodeValid, InWindow: 3, Used: 1}, 1)

	l = newLimited(t, rate(1, 60), nil)
	l.costs("the first", keys.Spent{Code: api.CodeValid, InWindow: 1}, 1)
	l.costs("full", keys.Spent{Code: api.CodeRateLimited, InWindow: 1}, 0)
	l.charge.At = l.charge.At.Add(30 * time.Second)
	l.costs("a new window", keys.Spent{Code: api.CodeValid, InWindow: 1}, 1)
	l.costs("full again", keys.Spent{Code: api.CodeRateLimited, InWindow: 1}, 0)
	l.charge.KeyID = "key_fedcba9876543210"
	l.costs("another key", keys.Spent{Code: api.CodeValid, InWindow: 1}, 1)
}

func TestRefusalWithoutRemainingUsesWritesNothing(t *testing.T) {
	l := newLimited(t, nil, new(3))
	l.charge.Cost = 2
	l.costs("two of three", keys.Spent{Code: api.CodeValid, Used: 2}, 1)
	for range 2 { // one use remains
		l.costs("two of one", keys.Spent{Code: api.CodeUsageExhausted, Used: 2}, 1)
	}
	l.charge.Cost = 1
	l.elsewhere(keys.Spent{Code: api.CodeValid, Used: 3})
	l.costs("not known to be exhausted here", keys.Spent{Code: api.CodeUsageExhausted, Used: 3}, 1)
	for range 100 {
		l.costs("no uses remain", keys.Spent{Code: api.CodeUsageExhausted, Used: 3}, 0)
	}
	l.charge.At = l.charge.At.Add(24 * time.Hour)
	l.costs("a day later", keys.Spent{Code: api.CodeUsageExhausted, Used: 3}, 0)
	l.charge.Uses = new(4)
	l.costs("more uses take effect at once", keys.Spent{Code: api.CodeValid, Used: 4}, 1)
	l.costs("no uses remain, known from the last charge", keys.Spent{Code: api.CodeUsageExhausted, Used: 4}, 0)
	l.charge.Rate = &api.RateLimit{Limit: 5, WindowSeconds: 60}
	l.costs("with a rate limit too", keys.Spent{Code: api.CodeUsageExhausted, Used: 4}, 0)
	l.charge.Uses = nil
	l.costs("without the limit", keys.Spent{Code: api.CodeValid, InWindow: 1, Used: 4}, 1)
}
