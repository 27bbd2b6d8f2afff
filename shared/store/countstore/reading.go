package countstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Attributes of an item of table.Expiring that contain the ids of the key's parents.
const (
	ExpiringApplication = "application"
	ExpiringArx         = "arx"
)

// purged is the attribute that marks an item of table.Settling as one of Remains.
const purged = "purged"

// Sweeping records that the transaction of a job moves keys that a Reading may treat as unsettled.
func Sweeping(tx *table.Transaction, tenant string) {
	tx.Add(table.Count(tenant, table.Sweeps, randomShard(sweepShards)), map[string]int{Moved: 1})
}

// Moved is the attribute of the items at SweepsOf with the number of moves.
const Moved = "moved"

// SweepsOf returns the keys of the items that count how often jobs moved keys of the tenant; see
// Reading.Stands.
func SweepsOf(tenant string) []table.Key {
	keys := make([]table.Key, sweepShards)
	for shard := range keys {
		keys[shard] = table.Count(tenant, table.Sweeps, shard)
	}
	return keys
}

// Reading contains what the totals of a tenant's keys are computed from: the counts, and the changes that
// they do not include yet.
type Reading struct {
	// Gone contains the deleted Arxes whose keys may still be counted and listed as not deleted.
	Gone map[string]bool

	sweeps int
	arxes  map[string]tally
	due    map[string]parents // expired keys that are counted as active
	purged map[string]bool    // Arxes of which only counts that sum to zero are left
}

type parents struct{ application, arx string }

// Read reads the totals with one query. A job may move keys between counts during the query, so the reading
// is exact only if Stands returns true for items read afterwards.
func (c *Counts) Read(ctx context.Context, tenant string, now time.Time) (Reading, error) {
	items, err := c.db.Query(ctx, table.Totals(tenant, now), 0)
	if err != nil {
		return Reading{}, fmt.Errorf("read totals: %w", err)
	}
	return readingOf(items), nil
}

func readingOf(items []table.Item) Reading {
	r := Reading{Gone: map[string]bool{}, arxes: map[string]tally{}, due: map[string]parents{}, purged: map[string]bool{}}
	for _, item := range items {
		switch part, of := table.PartOfTotals(item.SortKey()); part {
		case table.Sweeps:
			r.sweeps += item.Int(Moved)
		case table.OfArx:
			arx, _, _ := strings.Cut(of, "#")
			if r.arxes[arx] == nil {
				r.arxes[arx] = tally{}
			}
			r.arxes[arx].add(item)
		case table.SettlingArxes:
			if IsRemains(item) {
				r.purged[of] = true
			} else {
				r.Gone[of] = true
			}
		case table.ExpiringKeys:
			r.due[item.Key().ID()] = parents{item.String(ExpiringApplication), item.String(ExpiringArx)}
		}
	}
	return r
}

// Stands reports whether no job moved keys since the reading, given items read later, including those at
// SweepsOf.
func (r Reading) Stands(later []table.Item) bool {
	sweeps := 0
	for _, item := range later {
		if part, _ := table.PartOfTotals(item.SortKey()); part == table.Sweeps {
			sweeps += item.Int(Moved)
		}
	}
	return sweeps == r.sweeps
}

// Due returns the ids of the expired keys that are counted as active, except those of deleted Arxes.
func (r Reading) Due() []string {
	var ids []string
	for id, of := range r.due {
		if !r.Gone[of.arx] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Keys returns the tenant's totals of keys.
func (r Reading) Keys() api.KeyTotals {
	var sum api.KeyTotals
	for _, n := range r.byArx() {
		sum.Active, sum.Disabled, sum.Expired, sum.Deleted = sum.Active+n.Active, sum.Disabled+n.Disabled, sum.Expired+n.Expired, sum.Deleted+n.Deleted
	}
	return totalled(sum)
}

// OfArx returns the totals of the Arx's keys.
func (r Reading) OfArx(id string) api.KeyTotals { return r.byArx()[id] }

// byArx returns the totals of keys by Arx.
func (r Reading) byArx() map[string]api.KeyTotals {
	totals := map[string]api.KeyTotals{}
	for arx, counted := range r.arxes {
		n := counted.keys()
		switch {
		case r.purged[arx]:
			continue
		case r.Gone[arx]:
			n = api.KeyTotals{Deleted: n.Active + n.Disabled + n.Expired + n.Deleted}
		}
		totals[arx] = n
	}
	return r.expired(totals, func(of parents) string { return of.arx })
}

// byApplication returns the totals of keys by application. counted are all keys of the applications, gone
// those of them at deleted Arxes.
func (r Reading) byApplication(counted, gone map[string]tally) map[string]api.KeyTotals {
	totals := map[string]api.KeyTotals{}
	for application, all := range counted {
		n, g := all.keys(), gone[application].keys()
		totals[application] = api.KeyTotals{
			Active: n.Active - g.Active, Disabled: n.Disabled - g.Disabled, Expired: n.Expired - g.Expired,
			Deleted: n.Deleted + g.Active + g.Disabled + g.Expired,
		}
	}
	return r.expired(totals, func(of parents) string { return of.application })
}

// expired returns the totals with the due keys counted as expired.
func (r Reading) expired(totals map[string]api.KeyTotals, of func(parents) string) map[string]api.KeyTotals {
	for _, key := range r.due {
		n, counted := totals[of(key)]
		if counted && !r.Gone[key.arx] {
			n.Active, n.Expired = n.Active-1, n.Expired+1
			totals[of(key)] = n
		}
	}
	for id, n := range totals {
		totals[id] = totalled(n)
	}
	return totals
}

func totalled(n api.KeyTotals) api.KeyTotals {
	n.Total = n.Active + n.Disabled + n.Expired
	return n
}

// patience is how long totals are read again because jobs move keys. Jobs pause between their transactions
// for longer than a reading takes.
const patience = 5 * time.Second

// steadily repeats a reading until no job moved keys during it. more reads additional data with each
// attempt.
func (c *Counts) steadily(ctx context.Context, tenant string, now time.Time, more func(context.Context, Reading) error) (Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		r, err := c.Read(ctx, tenant, now)
		if err == nil {
			err = more(ctx, r)
		}
		if err != nil {
			return r, err
		}
		later, err := c.db.GetAll(ctx, SweepsOf(tenant))
		if err != nil {
			return r, fmt.Errorf("read totals: %w", err)
		}
		if r.Stands(later) {
			return r, nil
		}
	}
}

func nothingMore(context.Context, Reading) error { return nil }

// Steady returns a Reading that stands.
func (c *Counts) Steady(ctx context.Context, tenant string, now time.Time) (Reading, error) {
	return c.steadily(ctx, tenant, now, nothingMore)
}

// Keys returns the tenant's totals of keys at that time.
func (c *Counts) Keys(ctx context.Context, tenant string, now time.Time) (api.KeyTotals, error) {
	r, err := c.Steady(ctx, tenant, now)
	return r.Keys(), err
}

// KeysByArx returns the totals of keys at that time for the Arxes with ids between from and to, inclusive.
// An Arx without keys is not in the map.
func (c *Counts) KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error) {
	r, err := c.Steady(ctx, tenant, now)
	if err != nil {
		return nil, err
	}
	totals := r.byArx()
	maps.DeleteFunc(totals, func(arx string, _ api.KeyTotals) bool { return arx < from || arx > to })
	return totals, nil
}

// KeysByApplication returns the totals of keys at that time for the applications with ids between from and
// to, inclusive. An application without keys is not in the map.
func (c *Counts) KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error) {
	var counted, gone map[string]tally
	r, err := c.steadily(ctx, tenant, now, func(ctx context.Context, r Reading) (err error) {
		gone = map[string]tally{}
		for arx := range r.Gone {
			if err := c.tallies(ctx, gone, shardsOf(tenant, ofParents(from, arx), ofParents(to, arx))); err != nil {
				return err
			}
		}
		counted = map[string]tally{}
		return c.tallies(ctx, counted, shardsOf(tenant, ofApplication(from), ofApplication(to)))
	})
	if err != nil {
		return nil, err
	}
	return r.byApplication(counted, gone), nil
}

// tallies adds the shards in the range to the tallies by application.
func (c *Counts) tallies(ctx context.Context, into map[string]tally, r table.Range) error {
	items, err := c.db.Query(ctx, r, 0)
	if err != nil {
		return fmt.Errorf("read totals: %w", err)
	}
	for _, item := range items {
		part, of := table.PartOfTotals(item.SortKey())
		if part == table.OfParents {
			_, of, _ = strings.Cut(of, "#")
		}
		application, _, _ := strings.Cut(of, "#")
		if into[application] == nil {
			into[application] = tally{}
		}
		into[application].add(item)
	}
	return nil
}
