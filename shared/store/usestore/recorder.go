package usestore

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

const (
	flushEvery = 10 * time.Second
	longest    = 100 * time.Millisecond // that an invocation waits for writes
	maxSights  = 20                     // first sights that are written at once, between two flushes
	maxSeen    = 10_000                 // keys that an environment remembers to have seen
	maxDays    = 10_000                 // days of subjects that are counted in memory: 4 MB
	manyDays   = maxDays / 2            // do not wait for their time
)

// Recorder counts the uses of an environment in memory and adds them to what is kept, so that there
// is no write on the way to a verdict. It is safe for concurrent use. A nil one counts nothing.
//
// An invocation begins with Begin, counts what it decided, and ends with Wait:
//
//	recorder.Begin()
//	defer recorder.Wait()
//	…
//	recorder.Count(usage.Use{…})
//
// What was counted is written beside the reads of the first invocation that begins ten seconds after
// the last flush, and by Flush, when the environment ends. The first use of a key that an environment
// sees is written as soon as it is counted, so that its last use is soon right: up to twenty between
// two flushes, or an environment that sees new keys all the time would write with every verification.
//
// No verification fails by a write or waits for it longer than 100 ms; what takes longer goes on
// beside the next ones. Figures whose write is known to have failed are kept for the next flush. Where
// it is not known, because there was no answer, they are given up: figures can be too low, and never
// count a use twice. An environment that is lost, without Flush, loses what it had not written.
type Recorder struct {
	uses *Uses
	now  func() time.Time
	log  *slog.Logger

	mu       sync.Mutex
	pending  usage.Tally
	lost     int                 // uses for which there was no room
	flushed  time.Time           // when the last flush began
	flushing bool                // it has not ended
	sights   int                 // first sights that were written since then
	seen     map[string]struct{} // keys
	unwaited []<-chan struct{}   // writes that no invocation has waited for
	writes   sync.WaitGroup
}

// NewRecorder returns a recorder that writes to the table. What it can't write it tells the log: JSON
// on standard output where nil.
func NewRecorder(db *table.Table, now func() time.Time, log *slog.Logger) *Recorder {
	log = cmp.Or(log, slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	return &Recorder{uses: New(db), now: now, log: log, flushed: now().Round(0), seen: map[string]struct{}{}}
}

// Begin starts to write what was counted, where it is time to.
func (r *Recorder) Begin() {
	if r == nil {
		return
	}
	now := r.now().Round(0) // by the clock on the wall: the other one may stand still while Lambda freezes us
	r.mu.Lock()
	defer r.mu.Unlock()
	if since := now.Sub(r.flushed); since >= 0 && since < flushEvery && len(r.pending.Days) < manyDays {
		return
	}
	if r.flushing || r.pending.Empty() {
		return
	}
	batch := r.take(now)
	r.flushing = true
	r.start(batch, func() { r.flushing = false })
}

// take takes out what was counted. r.mu is held.
func (r *Recorder) take(now time.Time) usage.Tally {
	batch := r.pending
	r.pending, r.flushed, r.sights = usage.Tally{}, now, 0
	return batch
}

// start writes the batch beside whatever else goes on. When it has, done is called with r.mu held,
// which it is now too.
func (r *Recorder) start(batch usage.Tally, done func()) {
	ended := make(chan struct{})
	r.unwaited = append(r.unwaited, ended)
	r.writes.Go(func() {
		defer close(ended)
		r.write(context.Background(), batch)
		r.mu.Lock()
		defer r.mu.Unlock()
		done()
	})
}

// Count counts a use.
func (r *Recorder) Count(u usage.Use) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	whole := r.pending.Shared(u, maxDays)
	if r.isFirst(u) {
		var alone usage.Tally
		alone.Own(u, maxDays)
		r.start(alone, func() {})
	} else {
		whole = r.pending.Own(u, maxDays) && whole
	}
	if !whole {
		r.lost++
	}
}

// isFirst reports whether the use is to be written at once. r.mu is held.
func (r *Recorder) isFirst(u usage.Use) bool {
	if _, known := r.seen[u.KeyID]; known || u.KeyID == "" {
		return false
	}
	if len(r.seen) >= maxSeen {
		clear(r.seen)
	}
	r.seen[u.KeyID] = struct{}{}
	r.sights++
	return r.sights <= maxSights
}

// Wait waits for the writes that were started since the last call, and at most 100 ms.
func (r *Recorder) Wait() {
	if r == nil {
		return
	}
	r.mu.Lock()
	started := r.unwaited
	r.unwaited = nil
	r.mu.Unlock()
	if len(started) == 0 {
		return
	}
	enough := time.NewTimer(longest)
	defer enough.Stop()
	for _, ended := range started {
		select {
		case <-ended:
		case <-enough.C:
			return
		}
	}
}

// Flush writes all that was counted, and returns when it has, or the context ends. It is for the end
// of the environment.
func (r *Recorder) Flush(ctx context.Context) {
	if r == nil {
		return
	}
	r.mu.Lock()
	batch := r.take(r.now().Round(0))
	r.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.write(ctx, batch)
		r.writes.Wait()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
