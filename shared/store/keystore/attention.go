package keystore

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/inactivestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Few are the first rows of many.
type Few struct {
	Rows    []keys.Row
	Details []keys.Details // of the rows, in their order
	Count   int            // how many there are, up to maxCounted
	More    bool           // there may be more than the count
}

// maxCounted is how many rows that want a look are counted: some 5 read units. Beyond it a person needs no figure.
const maxCounted = 50

// Attention are the tenant's active keys that somebody should look at.
type Attention struct {
	Expiring    Few // expire within keys.ExpiresSoon, the soonest first
	RotationDue Few // past the time of their rotation, the longest first
	Overlaps    Few // with two access keys, that whose older one ends the soonest first
	Stopped     Few // by an application or an Arx that is not active, the newest first
	Unused      Few // found unused by the latest roll-up, the oldest first
	RolledUp    *time.Time
	Totals      api.KeyTotals
	Inactive    inactivestore.Inactive
}

// Attention returns what wants a look at the time, of each so many rows, and the totals of the tenant's keys.
func (s *Keys) Attention(ctx context.Context, tenant string, now time.Time, rows int) (Attention, error) {
	var a Attention
	l, err := s.list(ctx, tenant, api.ListKeysRequest{Status: api.StoppedKeys}, now)
	if err != nil {
		return Attention{}, fmt.Errorf("list what wants a look: %w", err)
	}
	asked := func(status api.KeyFilter) list {
		other := l
		other.req.Status = status
		return other
	}
	hasOverlap := func(r keys.Row) bool { return l.status(r) == api.KeyActive && r.Overlap(now) != nil }
	expiring, rotation, stopped, idle := asked(api.ExpiringKeys), asked(api.RotationDueKeys), l, asked(api.UnusedKeys)
	group, each := errgroup.WithContext(ctx)
	for _, part := range []struct {
		into     *Few
		of       view
		wanted   func(keys.Row) bool
		backward bool
	}{
		{&a.Expiring, expiring.narrowest(), expiring.passes, false},
		{&a.RotationDue, rotation.narrowest(), rotation.passes, false},
		{&a.Overlaps, l.between(overlaps, overlaps, now.Add(time.Millisecond), farAhead), hasOverlap, false},
		{&a.Stopped, stopped.narrowest(), stopped.passes, true},
		{&a.Unused, idle.narrowest(), idle.passes, false},
	} {
		group.Go(func() error {
			walked := s.walk(each, order{part.of.ix, part.backward}, nil, maxCounted+1, part.of.sources(part.backward)...)
			c, err := table.Collect(walked, part.wanted, maxCounted, s.bounds.Scanned)
			*part.into = Few{Rows: c.Rows[:min(len(c.Rows), rows)], Count: len(c.Rows), More: c.More}
			return err
		})
	}
	group.Go(func() (err error) {
		a.RolledUp, err = s.rolledUp(each, tenant)
		return err
	})
	if err := group.Wait(); err != nil {
		return Attention{}, fmt.Errorf("list what wants a look: %w", err)
	}
	return s.detailed(ctx, a, l)
}

// farAhead is later than any overlap ends.
var farAhead = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// detailed reads the details of all rows together, and the totals again where a job moved keys meanwhile.
func (s *Keys) detailed(ctx context.Context, a Attention, l list) (Attention, error) {
	all := []*Few{&a.Expiring, &a.RotationDue, &a.Overlaps, &a.Stopped, &a.Unused}
	var rows []keys.Row
	for _, few := range all {
		rows = append(rows, few.Rows...)
	}
	details, beside, err := s.details(ctx, l.tenant, countstore.SweepsOf(l.tenant), rows...)
	if err == nil && !l.totals.Stands(beside) {
		l.totals, err = s.counts.Steady(ctx, l.tenant, l.now)
	}
	if err != nil {
		return Attention{}, fmt.Errorf("list what wants a look: %w", err)
	}
	for _, few := range all {
		few.Details, details = details[:len(few.Rows)], details[len(few.Rows):]
	}
	a.Totals, a.Inactive = l.totals.Keys(), l.inactive
	return a, nil
}
