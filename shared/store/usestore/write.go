package usestore

import (
	"context"
	"sync"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Many writes are made side by side, up to so many at once, one for each fewest of them: each needs a connection, and a new
// one costs a small function more than a few writes.
const (
	writers = 8
	fewest  = 8
)

// write adds the batch to what is kept. What was not written is counted again, for the next time.
func (r *Recorder) write(ctx context.Context, batch usage.Tally) {
	var failed failures
	var group sync.WaitGroup
	free := make(chan struct{}, min(1+(len(batch.Days)+len(batch.Last))/fewest, writers))
	do := func(write func() error, missed func(error, *failures)) {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			if err := write(); err != nil {
				failed.note(err, missed)
			}
		})
	}
	for subject, last := range batch.Last {
		for _, l := range []struct {
			attribute, four string
			sight           usage.Sight
			back            usage.LastUse
		}{
			{newest, newestFour, last.Newest, usage.LastUse{Newest: last.Newest}},
			{older, olderFour, last.Older, usage.LastUse{Older: last.Older}},
		} {
			if l.sight.At.IsZero() {
				continue
			}
			do(func() error { return r.uses.used(ctx, subject, l.attribute, l.four, l.sight) },
				func(_ error, f *failures) { f.again.Used(subject, l.back, maxDays) }) // also where nobody knows: it may be set twice
		}
	}
	for d, figures := range batch.Days {
		do(func() error { return r.uses.add(ctx, d, figures) }, func(err error, f *failures) {
			if table.Unwritten(err) {
				f.again.Put(d, figures, maxDays)
			} else {
				f.givenUp++
			}
		})
	}
	group.Wait()
	r.settle(&failed)
}

// failures are the writes of a batch that failed.
type failures struct {
	mu      sync.Mutex
	count   int
	givenUp int // of those, how many may have been made
	cause   error
	again   usage.Tally
}

func (f *failures) note(err error, missed func(error, *failures)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	f.cause = err
	missed(err, f)
}

// settle counts again what was not written, and tells the log.
func (r *Recorder) settle(f *failures) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for d, figures := range f.again.Days {
		if !r.pending.Put(d, figures, maxDays) {
			r.lost++
		}
	}
	for s, last := range f.again.Last {
		r.pending.Used(s, last, maxDays)
	}
	if f.count > 0 || r.lost > 0 {
		cause := ""
		if f.cause != nil {
			cause = f.cause.Error()
		}
		r.log.Warn("use not written", "writes", f.count, "given_up", f.givenUp, "no_room", r.lost, "cause", cause)
		r.lost = 0
	}
}
