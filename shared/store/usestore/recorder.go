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
	longest    = 100 * time.Millisecond // that an environment is held up by writes
	maxSights  = 20                     // first sights that are written at once, between two flushes
	maxSeen    = 10_000                 // keys that an environment remembers to have seen
	maxDays    = 10_000                 // days of subjects, and records, that are counted in memory: 10 MB
	manyDays   = maxDays / 2            // do not wait for their time
)

// Recorder counts the uses of an environment in memory and adds them to what is kept, so that there
// is no write on the way to a verdict. It is safe for concurrent use. A nil one counts nothing.
//
// An invocation counts what it decided and, once it has answered, writes what is due:
//
//	recorder.Count(usage.Use{…})
//	if recorder.Due() {
//		after.Response(ctx, recorder.Write)
//	}
//
// What was counted is due ten seconds after the last flush, and is written by Flush when the environment
// ends. The first use of a key that an environment sees is due at once, so that its last use is soon right:
// up to twenty between two flushes, or an environment that sees new keys all the time would write with every
// verification.
//
// No verification fails by a write or waits for it. The environment is held up for 100 ms at most; what
// takes longer goes on beside its next invocations. Figures whose write is known to have failed are kept for
// the next flush. Where it is not known, because there was no answer, they are given up: figures can be too
// low, and never count a use twice. An environment that is lost, without Flush, loses what it had not
// written.
type Recorder struct {
	uses *Uses
	now  func() time.Time
	log  *slog.Logger

	mu       sync.Mutex
	sights   usage.Tally // first uses of keys, which are due at once
	pending  usage.Tally // all else
	lost     int         // uses for which there was no room
	flushed  time.Time   // when the last flush began
	flushing bool        // it has not ended
	first    int         // uses of keys since then, that were the first ones
	seen     map[string]struct{}
	writes   sync.WaitGroup
}

// NewRecorder returns a recorder that writes to the table. What it can't write it tells the log: JSON
// on standard output where nil.
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

// isFirst reports whether the use is due at once. r.mu is held.
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

// flushDue reports whether all is to be written. The time is the wall clock's: the other one may stand still
// while Lambda freezes us. r.mu is held.
func (r *Recorder) flushDue(now time.Time) bool {
	since := now.Sub(r.flushed)
	return !r.flushing && !r.pending.Empty() && (since < 0 || since >= flushEvery || len(r.pending.Days) >= manyDays)
}

// Write writes what is due. It returns once it is written, after 100 ms, or when the context ends.
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

// within does it, and returns when it is done or the context ends; then it goes on.
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

// take takes out what is pending. r.mu is held.
func (r *Recorder) take(now time.Time) usage.Tally {
	batch := r.pending
	r.pending, r.flushed, r.first = usage.Tally{}, now, 0
	return batch
}

// Flush writes all that was counted, and returns when it has, or the context ends. It is for the end
// of the environment.
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
