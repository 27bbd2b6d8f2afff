// Package countstore keeps how many there are of each noun in each state.
//
// Totals are kept, not counted, so that reading them costs the same for ten keys and a million. A
// count lies in 16 shards: a change adds to one at random, in its own transaction, and a read sums
// them. Keys are counted per Arx, once for the tenant and once for their application: so the
// keys of a deleted Arx can be told as deleted before their rows are settled.
package countstore

import (
	"context"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	shards = 16

	everyKey = "all" // the scope of all keys of the tenant
)

// What applications and Arxes are counted in.
const (
	ApplicationScope = "applications"
	ArxScope         = "arxes"
)

// KeyScopes are what a key with these parents is counted in.
func KeyScopes(applicationID, arxID string) []string {
	return []string{everyKey + "#" + arxID, applicationID + "#" + arxID}
}

// Move counts a key in another state, as part of the transaction that changes it. From is empty for
// a new key, and to for one that is purged.
func Move(tx *table.Transaction, tenant, applicationID, arxID string, from, to api.KeyStatus) {
	MoveAll(tx, tenant, applicationID, arxID, 1, from, to)
}

// MoveAll is Move of so many keys of the same parents.
func MoveAll(tx *table.Transaction, tenant, applicationID, arxID string, many int, from, to api.KeyStatus) {
	amounts := amounts(many, string(from), string(to))
	for _, scope := range KeyScopes(applicationID, arxID) {
		tx.Add(table.Count(tenant, scope, rand.IntN(shards)), amounts)
	}
}

// MoveApplication counts an application in another state. From is empty for a new one.
func MoveApplication(tx *table.Transaction, tenant string, from, to api.ApplicationStatus) {
	tx.Add(table.Count(tenant, ApplicationScope, rand.IntN(shards)), amounts(1, string(from), string(to)))
}

// MoveArx counts an Arx in another state. From is empty for a new one, and to for one that is purged.
func MoveArx(tx *table.Transaction, tenant string, from, to api.ArxStatus) {
	tx.Add(table.Count(tenant, ArxScope, rand.IntN(shards)), amounts(1, string(from), string(to)))
}

func amounts(many int, from, to string) map[string]int {
	m := map[string]int{}
	if from != "" {
		m[from] = -many
	}
	if to != "" {
		m[to] = many
	}
	return m
}

// Counts reads counts.
type Counts struct{ db *table.Table }

// New returns the counts that lie in the table.
func New(db *table.Table) *Counts { return &Counts{db} }

// Applications returns how many applications the tenant has.
func (c *Counts) Applications(ctx context.Context, tenant string) (api.ApplicationTotals, error) {
	sum, err := c.sum(ctx, tenant, ApplicationScope)
	n := api.ApplicationTotals{
		Active: sum[string(api.ApplicationActive)], Disabled: sum[string(api.ApplicationDisabled)], Archived: sum[string(api.ApplicationArchived)],
	}
	n.Total = n.Active + n.Disabled
	return n, err
}

// Arxes returns how many Arxes the tenant has.
func (c *Counts) Arxes(ctx context.Context, tenant string) (api.ArxTotals, error) {
	sum, err := c.sum(ctx, tenant, ArxScope)
	n := api.ArxTotals{Active: sum[string(api.ArxActive)], Disabled: sum[string(api.ArxDisabled)]}
	n.Total = n.Active + n.Disabled
	return n, err
}

func (c *Counts) sum(ctx context.Context, tenant, scope string) (map[string]int, error) {
	items, err := c.db.Query(ctx, table.Prefixed(prefix(tenant, scope)), 0)
	sum := map[string]int{}
	for _, item := range items {
		for state := range item {
			sum[state] += item.Int(state) // what is no number, the key, adds 0
		}
	}
	return sum, err
}

// prefix is how the keys of a scope's shards begin.
func prefix(tenant, scope string) table.Key {
	k := table.Count(tenant, scope, 0)
	k.SK = scope + "#"
	return k
}

// Keys returns how many keys the tenant has at that time.
func (c *Counts) Keys(ctx context.Context, tenant string, now time.Time) (api.KeyTotals, error) {
	by, err := c.keys(ctx, tenant, table.Prefixed(prefix(tenant, everyKey)), now, func(key) string { return everyKey })
	return by[everyKey], err
}

// KeysByApplication returns how many keys each application has at that time, for the applications
// whose ids lie between the two, both included. One without keys is not in the answer.
func (c *Counts) KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error) {
	r := table.Between(prefix(tenant, from), prefix(tenant, to))
	return c.keys(ctx, tenant, r, now, func(k key) string { return k.application })
}

// KeysByArx returns how many keys each Arx has at that time, for the Arxes whose ids lie between the
// two, both included. One without keys is not in the answer.
func (c *Counts) KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error) {
	r := table.Between(prefix(tenant, everyKey+"#"+from), prefix(tenant, everyKey+"#"+to))
	return c.keys(ctx, tenant, r, now, func(k key) string { return k.arx })
}

// key names the parents of counted keys. One of them may be unknown.
type key struct{ application, arx string }

// keys sums the shards of the range by what of names. What expired since the sweep is moved from
// the active ones, and the keys of Arxes that are being settled are all deleted.
//
// What is pending is read before the shards and again after them, until both are the same. Then
// nothing of it was settled while the shards were read: each key that is pending is counted in them
// as it was before, and each that is not pending any more as it is now. A read that lay beside the
// other instead would tell a key twice, or as what it was, whenever a sweep came between the two.
func (c *Counts) keys(ctx context.Context, tenant string, r table.Range, now time.Time, of func(key) string) (map[string]api.KeyTotals, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before, err := c.pending(ctx, tenant, now)
	for err == nil {
		var shards []table.Item
		if shards, err = c.db.Query(ctx, r, 0); err != nil {
			break
		}
		var after pending
		if after, err = c.pending(ctx, tenant, now); err == nil && after.is(before) {
			return total(shards, after, of), nil
		}
		before = after
	}
	return nil, err
}

// patience is for how long totals are read again because what is pending changes. A sweep rests
// between its transactions for longer than a reading takes.
const patience = 5 * time.Second

// pending is what the counts of keys do not show yet.
type pending struct {
	expired map[string]key  // by the item's sort key: keys that expired and are counted as active
	gone    map[string]bool // Arxes that are deleted, and whose keys may be counted as if they were not
	purged  map[string]bool // Arxes of which nothing is left but counts that sum up to nothing
}

func (p pending) is(other pending) bool {
	return maps.Equal(p.expired, other.expired) && maps.Equal(p.gone, other.gone) && maps.Equal(p.purged, other.purged)
}

func (c *Counts) pending(ctx context.Context, tenant string, now time.Time) (pending, error) {
	p := pending{expired: map[string]key{}, gone: map[string]bool{}, purged: map[string]bool{}}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		due := table.Partition(table.Expiring(tenant, now, ""))
		due.To = table.ExpiringBefore(now.Add(time.Millisecond)) // expired from expires_at on
		items, err := c.db.Query(ctx, due, 0)
		for _, item := range items {
			p.expired[item.SortKey()] = key{application: item.String(ExpiringApplication), arx: item.String(ExpiringArx)}
		}
		return err
	})
	group.Go(func() error {
		items, err := c.db.Query(ctx, table.Partition(table.Settling(tenant, "")), 0)
		for _, item := range items {
			if item.Int(purged) > 0 {
				p.purged[item.SortKey()] = true
			} else {
				p.gone[item.SortKey()] = true
			}
		}
		return err
	})
	return p, group.Wait()
}

// total sums the shards by what of names.
func total(shards []table.Item, p pending, of func(key) string) map[string]api.KeyTotals {
	totals := map[string]api.KeyTotals{}
	for _, item := range shards {
		scope, arx := split(item.SortKey())
		if p.purged[arx] {
			continue
		}
		of := of(key{application: scope, arx: arx})
		n := totals[of]
		active, disabled, past := item.Int(string(api.KeyActive)), item.Int(string(api.KeyDisabled)), item.Int(string(api.KeyExpired))
		if p.gone[arx] {
			n.Deleted += active + disabled + past
		} else {
			n.Active, n.Disabled, n.Expired = n.Active+active, n.Disabled+disabled, n.Expired+past
		}
		n.Deleted += item.Int(string(api.KeyDeleted))
		totals[of] = n
	}
	for _, k := range p.expired {
		n, inRange := totals[of(k)]
		if !inRange || p.gone[k.arx] {
			continue
		}
		n.Active, n.Expired = n.Active-1, n.Expired+1
		totals[of(k)] = n
	}
	for of, n := range totals {
		n.Total = n.Active + n.Disabled + n.Expired
		totals[of] = n
	}
	return totals
}

// The attributes by which an item of table.Expiring names the key's parents.
const (
	ExpiringApplication = "application"
	ExpiringArx         = "arx"
)

// purged is the attribute by which an item of table.Settling says that it is one of Remains.
const purged = "purged"

// split takes <scope>#<Arx>#<shard> apart.
func split(sortKey string) (scope, arx string) {
	scope, rest, _ := strings.Cut(sortKey, "#")
	arx, _, _ = strings.Cut(rest, "#")
	return scope, arx
}
