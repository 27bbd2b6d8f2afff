package usestore

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

const (
	flushEvery = 10 * time.Second
	longest    = 100 * time.Millisecond // bounds how long writes delay an environment
	maxSights  = 20                     // first uses written at once between two flushes
	maxSeen    = 10_000                 // keys that an environment remembers having seen
	maxDays    = 10_000                 // days of subjects, and records, counted in memory: 10 MB
	manyDays   = maxDays / 2            // flush early at this number
)

// Recorder counts the uses in an environment in memory and adds them to the table later, so that
// verification waits for no write. It is safe for concurrent use. A nil Recorder counts nothing.
//
// An invocation counts what it decided and writes what is due after it has responded:
//
//	recorder.Count(usage.Use{…})
//	if recorder.Due() {
//		after.Response(ctx, recorder.Write)
//	}
//
// Counts are due ten seconds after the last flush; Flush writes them when the environment ends. The first
// use of a key in an environment is due at once, so that its last use is soon up to date. At most twenty of
// these are written between two flushes; otherwise an environment that keeps seeing new keys would write on
// every verification.
//
// A write neither fails nor delays a verification. It delays the environment by at most 100 ms; a longer
// write continues during the next invocations. Counts whose write is known to have failed are kept for the
// next flush. If the result is unknown, because there was no response, they are dropped: figures may be too
// low but never count a use twice. An environment that ends without Flush loses the counts that it has not
// written.
type Recorder struct {
	uses *Uses
	now  func() time.Time
	log  *slog.Logger

	mu       sync.Mutex
	sights   usage.Tally // first uses of keys, due at once
	pending  usage.Tally // everything else
	lost     int         // uses dropped because memory was full
	flushed  time.Time   // when the last flush began
	flushing bool        // the last flush has not ended
	first    int         // first uses of keys since the last flush
	seen     map[string]struct{}
	writes   sync.WaitGroup
}

// NewRecorder returns a recorder that writes to the table. It logs failed writes to log, or as JSON to
// standard output if log is nil.
func NewRecorder(db *table.Table, now func() time.Time, log *slog.Logger) *Recorder {
	log = cmp.Or(log, lambdalog.Stdout())
	return &Recorder{uses: New(db), now: now, log: log, flushed: now().Round(0), seen: map[string]struct{}{}}
}

// Count counts a use.
func (r *Recorder) Count(u usage.Use) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	own := &r.pending
	if r.isFirst(u) {
		own = &r.sights
	}
	shared := r.pending.Shared(u, maxDays)
	if !own.Own(u, maxDays) || !shared {
		r.lost++
	}
}

// isFirst reports whether the use is due at once. The caller holds r.mu.
func (r *Recorder) isFirst(u usage.Use) bool {
	if _, known := r.seen[u.KeyID]; known || u.KeyID == "" {
		return false
	}
	if len(r.seen) >= maxSeen {
		clear(r.seen)
	}
	r.seen[u.KeyID] = struct{}{}
	r.first++
	return r.first <= maxSights
}

// Due reports whether there is something to write now.
func (r *Recorder) Due() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.sights.Empty() || r.flushDue(r.now().Round(0))
}

// flushDue reports whether all counts are due. It compares wall-clock times, because the monotonic clock
// may stop while Lambda freezes the environment. The caller holds r.mu.
func (r *Recorder) flushDue(now time.Time) bool {
	since := now.Sub(r.flushed)
	return !r.flushing && !r.pending.Empty() && (since < 0 || since >= flushEvery || len(r.pending.Days) >= manyDays)
}

// Write writes what is due. It returns when that is written, after 100 ms, or when the context ends.
func (r *Recorder) Write(ctx context.Context) {
	r.mu.Lock()
	now := r.now().Round(0)
	sights, rest, flush := r.sights, usage.Tally{}, r.flushDue(now)
	r.sights = usage.Tally{}
	if flush {
		rest = r.take(now)
		r.flushing = true
	}
	r.writes.Add(1) // before another Flush can look
	r.mu.Unlock()

	enough, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	within(enough, func() {
		defer r.writes.Done()
		ctx := context.WithoutCancel(ctx)
		r.write(ctx, sights)
		if flush {
			r.write(ctx, rest)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.flushing = false
		}
	})
}

// within calls do, and returns when do returns or the context ends; do may still be running then.
func within(ctx context.Context, do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// take removes and returns the pending counts. The caller holds r.mu.
func (r *Recorder) take(now time.Time) usage.Tally {
	batch := r.pending
	r.pending, r.flushed, r.first = usage.Tally{}, now, 0
	return batch
}

// Flush writes all counts. It returns when they are written or the context ends. Call it when the
// environment ends.
func (r *Recorder) Flush(ctx context.Context) {
	if r == nil {
		return
	}
	r.mu.Lock()
	sights, rest := r.sights, r.take(r.now().Round(0))
	r.sights = usage.Tally{}
	r.mu.Unlock()
	within(ctx, func() {
		r.write(ctx, sights)
		r.write(ctx, rest)
		r.writes.Wait()
	})
}
