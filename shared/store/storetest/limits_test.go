package storetest_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// spender charges one key.
type spender struct {
	*testing.T
	db     *table.Table
	limits *limitstore.Limits
	charge keys.Charge
}

func newSpender(t *testing.T, rate *api.RateLimit, uses int) *spender {
	c := keys.Charge{KeyID: "key_0123456789abcdef", Rate: rate, Cost: 1, At: time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)}
	if uses > 0 {
		c.Uses = &uses
	}
	e := storetest.Open(t)
	needsWhatIsThere(t, e)
	return &spender{t, e.Table(), limitstore.New(e.Table()), c}
}

// needsWhatIsThere skips the test on an engine at DYNAMODB_ENDPOINT that does not return the item when the
// condition of an update fails. DynamoDB returns it since 2023, DynamoDB Local of 2020 does not; without it
// a charge cannot tell which limit refused it. The test is never skipped on our own engine.
func needsWhatIsThere(t *testing.T, e *storetest.Engine) {
	t.Helper()
	if os.Getenv("DYNAMODB_ENDPOINT") == "" {
		return
	}
	at := table.Limit("key_0000000000000000")
	tx := new(table.Transaction)
	tx.Put(table.NewItem(at))
	if err := e.Table().Commit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	item, err := e.Table().UpdateOnce(t.Context(), at, table.Expression{
		Update: "SET #a = :one", Condition: "attribute_not_exists(pk)", Names: map[string]string{"#a": "a"}, Values: table.Item{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	if !errors.Is(err, table.ErrRefused) {
		t.Fatal(err)
	}
	if item == nil {
		t.Skip("the engine at DYNAMODB_ENDPOINT does not support ReturnValuesOnConditionCheckFailure of UpdateItem")
	}
}

func (s *spender) spends(want keys.Spent) {
	s.Helper()
	got, err := s.limits.Charge(s.Context(), s.charge)
	if want.ResetAt.IsZero() {
		got.ResetAt = time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		s.Errorf("at %s: (-want +got) %v\n%s", s.charge.At.Format(time.TimeOnly), err, diff)
	}
}

func (s *spender) after(d time.Duration) { s.charge.At = s.charge.At.Add(d) }

// passing charges concurrently, from that many environments, and returns how many charges passed.
func passing(t *testing.T, many, environments int, charge keys.Charge) int {
	t.Helper()
	e := storetest.Open(t)
	needsWhatIsThere(t, e)
	db := e.Table()
	var passed atomic.Int32
	var group sync.WaitGroup
	start := make(chan struct{})
	for e := range environments {
		limits := limitstore.New(db)
		for range many / environments {
			c := charge
			c.At = c.At.Add(time.Duration(e%3) * time.Millisecond) // no two clocks are the same
			group.Go(func() {
				<-start
				spent, err := limits.Charge(context.WithoutCancel(t.Context()), c)
				if err != nil {
					t.Error(err)
				}
				if spent.Code == api.CodeValid {
					passed.Add(1)
				}
			})
		}
	}
	close(start)
	group.Wait()
	return int(passed.Load())
}

func TestConcurrentChargesPassExactlyTheRemainingUses(t *testing.T) {
	uses := 137
	c := keys.Charge{KeyID: "key_0123456789abcdef", Uses: &uses, Cost: 1, At: time.Now()}
	if got := passing(t, 1000, 50, c); got != uses {
		t.Errorf("%d passed, want %d", got, uses)
	}
	c.Cost = 10
	if got := passing(t, 100, 50, c); got != 13 {
		t.Errorf("%d passed at a cost of 10, want 13", got)
	}
}

func TestConcurrentChargesNeverExceedTheWindow(t *testing.T) {
	window := time.Now().Truncate(time.Hour)
	c := keys.Charge{KeyID: "key_0123456789abcdef", Rate: &api.RateLimit{Limit: 211, WindowSeconds: 3600}, Cost: 1, At: window.Add(time.Minute)}
	if got := passing(t, 1000, 50, c); got != 211 {
		t.Errorf("%d passed, want 211", got)
	}
	// Some clocks are in this window and some in the next, so up to two windows may pass.
	c.At = window.Add(-time.Millisecond)
	if got := passing(t, 999, 111, c); got < 211 || got > 422 {
		t.Errorf("%d passed at the boundary of two windows, want 211 to 422", got)
	}
}

func TestBothLimitsAreChargedOrNeither(t *testing.T) {
	uses := 50
	c := keys.Charge{KeyID: "key_0123456789abcdef", Rate: &api.RateLimit{Limit: 20, WindowSeconds: 3600}, Uses: &uses, Cost: 1, At: time.Now().Truncate(time.Hour).Add(time.Minute)}
	if got := passing(t, 300, 30, c); got != 20 {
		t.Errorf("%d passed, want 20", got)
	}
	s := newSpender(t, &api.RateLimit{Limit: 2, WindowSeconds: 60}, 3)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1, Used: 1})
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 2, Used: 2})
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 2, Used: 2})
	s.after(time.Minute)
	s.charge.Cost = 2
	s.spends(keys.Spent{Code: api.CodeUsageExhausted, InWindow: 0, Used: 2})
	s.charge.Cost = 1
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1, Used: 3})
	s.spends(keys.Spent{Code: api.CodeUsageExhausted, InWindow: 1, Used: 3})
	if used, err := s.limits.Used(t.Context(), s.charge.KeyID); used != 3 || err != nil {
		t.Errorf("%d used, %v", used, err)
	}
}

func TestRateLimitIsReportedFirst(t *testing.T) {
	s := newSpender(t, &api.RateLimit{Limit: 1, WindowSeconds: 60}, 1)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1, Used: 1})
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 1, Used: 1})
}

func TestCostAboveTheLimitOfUsesNeverPasses(t *testing.T) {
	s := newSpender(t, nil, 3)
	s.charge.Cost = 4
	s.spends(keys.Spent{Code: api.CodeUsageExhausted})
	s.charge.Cost = 3
	s.spends(keys.Spent{Code: api.CodeValid, Used: 3})
}

func TestWindowsStartAtMultiplesOfTheirLength(t *testing.T) {
	s := newSpender(t, &api.RateLimit{Limit: 1, WindowSeconds: 60}, 0)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1})
	s.after(29*time.Second + 999*time.Millisecond)
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 1})
	s.after(time.Millisecond)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1})
	s.after(-time.Second) // a clock that is behind is in the window of the one that is ahead
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 1})
}

func TestChangeOfALimitKeepsTheCounts(t *testing.T) {
	s := newSpender(t, &api.RateLimit{Limit: 3, WindowSeconds: 60}, 0)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1})
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 2})
	change := func(limit, window int) { s.charge.Rate = &api.RateLimit{Limit: limit, WindowSeconds: window} }
	change(2, 60)
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 2})
	change(3, 3600) // the hour begins with what the minute saw
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 3})
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 3})
	change(3, 10) // and so do the ten seconds in which it was charged last, but no others
	s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 3})
	s.after(10 * time.Second)
	s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1})

	uses := 10
	s.charge.Rate, s.charge.Uses = nil, &uses
	for used := 1; used <= 4; used++ {
		s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1, Used: used})
	}
	uses = 4
	s.spends(keys.Spent{Code: api.CodeUsageExhausted, Used: 4})
}

// One environment's clock is five minutes fast or slow: that costs at most one window, no window counts
// more than its limit, and a charge passes at the promised reset time.
func TestWrongClockCostsOneWindow(t *testing.T) {
	for name, skew := range map[string]time.Duration{"ahead": 5 * time.Minute, "behind": -5 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			rate := &api.RateLimit{Limit: 2, WindowSeconds: 60}
			s := newSpender(t, rate, 0)
			other := *s
			other.limits = limitstore.New(s.db)
			other.charge.At = s.charge.At.Add(skew)
			other.spends(keys.Spent{Code: api.CodeValid, InWindow: 1})
			other.spends(keys.Spent{Code: api.CodeValid, InWindow: 2})
			began := s.charge.At
			first := must(s.limits.Charge(t.Context(), s.charge))
			if name == "behind" {
				if first.Code != api.CodeValid || first.InWindow != 1 {
					t.Errorf("%+v, want its own window", first)
				}
				return
			}
			if first.Code != api.CodeRateLimited || first.ResetAt.After(began.Add(time.Minute)) {
				t.Fatalf("%+v, want a refusal for a minute at most", first)
			}
			s.charge.At = first.ResetAt.Add(-time.Millisecond)
			s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 2, ResetAt: first.ResetAt})
			s.charge.At = first.ResetAt
			s.spends(keys.Spent{Code: api.CodeValid, InWindow: 1, ResetAt: first.ResetAt.Add(time.Minute)})
			s.spends(keys.Spent{Code: api.CodeValid, InWindow: 2, ResetAt: first.ResetAt.Add(time.Minute)})
			s.spends(keys.Spent{Code: api.CodeRateLimited, InWindow: 2, ResetAt: first.ResetAt.Add(time.Minute)})
		})
	}
}

// Environments whose clocks are minutes apart charge one key continuously: as much passes as the limit
// allows, at most two windows' worth in any minute, and a wrong clock costs one window, after a full one.
func TestEnvironmentsWithWrongClocksShareOneLimit(t *testing.T) {
	const limit, seconds, longest = 3, 420, 2*60 + 1
	db := storetest.Open(t).Table()
	start := time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)
	charge := keys.Charge{KeyID: "key_0123456789abcdef", Rate: &api.RateLimit{Limit: limit, WindowSeconds: 60}, Cost: 1}
	environments := []struct {
		limits      *limitstore.Limits
		skew        time.Duration
		from, until int
	}{
		{limitstore.New(db), 0, 0, seconds},
		{limitstore.New(db), 700 * time.Millisecond, 0, seconds},
		{limitstore.New(db), 5 * time.Minute, 100, 130},
		{limitstore.New(db), -5 * time.Minute, 150, seconds},
	}
	var passed []int // seconds
	for second := range seconds {
		for _, e := range environments {
			if second < e.from || second >= e.until {
				continue
			}
			charge.At = start.Add(time.Duration(second)*time.Second + e.skew)
			if must(e.limits.Charge(t.Context(), charge)).Code == api.CodeValid {
				passed = append(passed, second)
			}
		}
	}
	last := 0
	for i, second := range passed {
		if second-last > longest {
			t.Errorf("nothing passes from second %d to %d", last, second)
		}
		last = second
		in := 0
		for _, earlier := range passed[:i+1] {
			if earlier > second-60 {
				in++
			}
		}
		if in > 2*limit {
			t.Errorf("%d pass in the minute before second %d", in, second)
		}
	}
	if seconds-last > longest {
		t.Errorf("nothing passes after second %d", last)
	}
	if most := (seconds/60 + 2) * limit; len(passed) > most {
		t.Errorf("%d pass, want at most %d", len(passed), most)
	}
}
