package keystore

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Few contains the first rows of many.
type Few struct {
	Rows    []keys.Row
	Details []keys.Details // of the rows, in the same order
	Count   int            // number of rows, up to maxCounted
	More    bool           // there may be more rows than Count
}

// maxCounted bounds how many rows that need attention are counted, which takes about 3 read units. A person
// does not need an exact number beyond it.
const maxCounted = 25

// Attention contains the tenant's active keys that need attention.
type Attention struct {
	Expiring    Few // expire within keys.ExpiresSoon, the earliest expiry first
	RotationDue Few // due for rotation, the longest due first
	Overlaps    Few // with two valid access keys, the earliest end of the overlap first
	Stopped     Few // by an inactive application or Arx, newest first
	Unused      Few // unused as of the latest roll-up, oldest first
	RolledUp    *time.Time
	Totals      api.KeyTotals
	Inactive    []api.KeyApplication // applications that are not active, in order of creation
	Disabled    []api.KeyArx         // Arxes that are disabled, in order of creation
}

// Attention returns what needs attention at now, with at most rows rows of each kind, and the totals of the
// tenant's keys.
func (s *Keys) Attention(ctx context.Context, tenant string, now time.Time, rows int) (Attention, error) {
	var a Attention
	l, err := s.list(ctx, tenant, api.ListKeysRequest{Status: api.StoppedKeys}, now)
	if err != nil {
		return Attention{}, fmt.Errorf("list what needs attention: %w", err)
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
		return Attention{}, fmt.Errorf("list what needs attention: %w", err)
	}
	return s.detailed(ctx, a, l)
}

// farAhead is later than the end of any overlap.
var farAhead = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// detailed reads the details of all rows together.
func (s *Keys) detailed(ctx context.Context, a Attention, l list) (Attention, error) {
	all := []*Few{&a.Expiring, &a.RotationDue, &a.Overlaps, &a.Stopped, &a.Unused}
	var rows []keys.Row
	for _, few := range all {
		rows = append(rows, few.Rows...)
	}
	details, totals, err := s.details(ctx, l, rows)
	if err != nil {
		return Attention{}, fmt.Errorf("list what needs attention: %w", err)
	}
	for _, few := range all {
		few.Details, details = details[:len(few.Rows)], details[len(few.Rows):]
	}
	a.Totals = totals.Keys()
	a.Inactive, a.Disabled = l.parents.Inactive()
	return a, nil
}
