// Package countstore stores the number of keys, applications and Arxes by status.
//
// Totals are stored rather than computed, so that reading them costs the same for ten keys and a million. A
// count has 8 shards: a change adds to a random one in its own transaction, and a read sums them. A key is
// counted in its Arx (the tenant's totals are the sum of these), in its application, and in both together,
// so that an application's keys at a deleted Arx can be counted as deleted before their rows are settled.
package countstore

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	shards      = 8
	sweepShards = 2
)

// Scopes in which applications and Arxes are counted.
const (
	ApplicationScope = table.OfNoun + "#applications"
	ArxScope         = table.OfNoun + "#arxes"
)

func ofArx(id string) string         { return table.OfArx + "#" + id }
func ofApplication(id string) string { return table.OfApplication + "#" + id }

func ofParents(applicationID, arxID string) string {
	return table.OfParents + "#" + arxID + "#" + applicationID
}

// KeyScopes returns the scopes in which a key with these parents is counted.
func KeyScopes(applicationID, arxID string) []string {
	return []string{ofArx(arxID), ofApplication(applicationID), ofParents(applicationID, arxID)}
}

// Move moves a key from one status's count to another's, in the transaction that changes the key. from is
// empty for a new key, to for a purged one.
func Move(tx *table.Transaction, tenant, applicationID, arxID string, from, to api.KeyStatus) {
	MoveAll(tx, tenant, applicationID, arxID, 1, from, to)
}

// MoveAll is Move for several keys of the same parents.
func MoveAll(tx *table.Transaction, tenant, applicationID, arxID string, many int, from, to api.KeyStatus) {
	amounts := amounts(many, string(from), string(to))
	for _, scope := range KeyScopes(applicationID, arxID) {
		tx.Add(table.Count(tenant, scope, randomShard(shards)), amounts)
	}
}

// MoveApplication moves an application from one status's count to another's. from is empty for a new one.
func MoveApplication(tx *table.Transaction, tenant string, from, to api.ApplicationStatus) {
	tx.Add(table.Count(tenant, ApplicationScope, randomShard(shards)), amounts(1, string(from), string(to)))
}

// MoveArx moves an Arx from one status's count to another's. from is empty for a new one, to for a purged
// one.
func MoveArx(tx *table.Transaction, tenant string, from, to api.ArxStatus) {
	tx.Add(table.Count(tenant, ArxScope, randomShard(shards)), amounts(1, string(from), string(to)))
}

// Stored returns the items of a scope in which so many are counted in each state, spread over its shards.
func Stored(tenant, scope string, states map[string]int) []table.Item {
	items := make([]table.Item, shards)
	for shard := range items {
		items[shard] = table.NewItem(table.Count(tenant, scope, shard))
		for state, n := range states {
			items[shard].SetInt(state, n/shards)
			if shard < n%shards {
				items[shard].SetInt(state, n/shards+1)
			}
		}
	}
	return items
}

func randomShard(of int) int { return rand.IntN(of) }

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

// New returns the store of the counts in db.
func New(db *table.Table) *Counts { return &Counts{db} }

// Applications returns the tenant's number of applications.
func (c *Counts) Applications(ctx context.Context, tenant string) (api.ApplicationTotals, error) {
	sum, err := c.sum(ctx, tenant, ApplicationScope)
	n := api.ApplicationTotals{
		Active: sum[string(api.ApplicationActive)], Disabled: sum[string(api.ApplicationDisabled)], Archived: sum[string(api.ApplicationArchived)],
	}
	n.Total = n.Active + n.Disabled
	return n, err
}

// Arxes returns the tenant's number of Arxes.
func (c *Counts) Arxes(ctx context.Context, tenant string) (api.ArxTotals, error) {
	sum, err := c.sum(ctx, tenant, ArxScope)
	n := api.ArxTotals{Active: sum[string(api.ArxActive)], Disabled: sum[string(api.ArxDisabled)]}
	n.Total = n.Active + n.Disabled
	return n, err
}

// OfArx returns the number of keys counted in the Arx, including deleted ones.
func (c *Counts) OfArx(ctx context.Context, tenant, id string) (int, error) {
	return c.all(ctx, tenant, ofArx(id))
}

// OfApplication returns the number of keys counted in the application, including deleted ones.
func (c *Counts) OfApplication(ctx context.Context, tenant, id string) (int, error) {
	return c.all(ctx, tenant, ofApplication(id))
}

// all returns the sum of a scope over all states.
func (c *Counts) all(ctx context.Context, tenant, scope string) (int, error) {
	sum, err := c.sum(ctx, tenant, scope)
	if err != nil {
		return 0, fmt.Errorf("read the counts of %s: %w", scope, err)
	}
	all := 0
	for _, n := range sum {
		all += n
	}
	return all, nil
}

// sum returns the sum of the shards of a scope.
func (c *Counts) sum(ctx context.Context, tenant, scope string) (tally, error) {
	items, err := c.db.Query(ctx, shardsOf(tenant, scope, scope), 0)
	sum := tally{}
	for _, item := range items {
		sum.add(item)
	}
	return sum, err
}

// shardsOf returns the range of the shards of the scopes from one to another, inclusive.
func shardsOf(tenant, from, to string) table.Range {
	first, last := table.Count(tenant, from, 0), table.Count(tenant, to, 0)
	first.SK, last.SK = from+"#", to+"#"
	return table.Between(first, last)
}

// tally contains counts by status.
type tally map[string]int

func (t tally) add(shard table.Item) {
	for state := range shard {
		t[state] += shard.Int(state) // the key attributes are not numbers and add 0
	}
}

func (t tally) keys() api.KeyTotals {
	return api.KeyTotals{
		Active: t[string(api.KeyActive)], Disabled: t[string(api.KeyDisabled)], Expired: t[string(api.KeyExpired)], Deleted: t[string(api.KeyDeleted)],
	}
}
