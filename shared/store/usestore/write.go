package usestore

import (
	"context"
	"sync"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// A batch is written by up to writers goroutines, one per fewest writes: each needs a connection, and
// opening one costs a small function more than a few writes do.
const (
	writers = 8
	fewest  = 8
)

// write writes the batch to the table. It keeps what was not written for the next flush.
func (r *Recorder) write(ctx context.Context, batch usage.Tally) {
	var failed failures
	var group sync.WaitGroup
	free := make(chan struct{}, min(1+(len(batch.Days)+len(batch.Latest))/fewest, writers))
	do := func(write func() error, missed func(error, *failures)) {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			if err := write(); err != nil {
				failed.note(err, missed)
			}
		})
	}
	for record, latest := range batch.Latest {
		do(func() error { return r.uses.putLatest(ctx, record, latest) }, func(err error, f *failures) {
			if !table.Unwritten(err) {
				f.givenUp++
				latest.Good = nil // the last use may be set twice
			}
			f.again.PutLatest(record, latest, maxDays)
		})
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

// failures collects the failed writes of a batch.
type failures struct {
	mu      sync.Mutex
	count   int
	givenUp int // failed writes that may have been made
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

// settle puts back what was not written, and logs the failures.
func (r *Recorder) settle(f *failures) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for d, figures := range f.again.Days {
		if !r.pending.Put(d, figures, maxDays) {
			r.lost++
		}
	}
	for record, latest := range f.again.Latest {
		if !r.pending.PutLatest(record, latest, maxDays) {
			r.lost++
		}
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
