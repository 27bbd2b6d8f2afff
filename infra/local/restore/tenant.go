package restore

import (
	"context"
	"maps"
	"slices"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// tenant is what is computed from all records of a tenant.
type tenant struct {
	counted map[string]map[string]int // as stored, by scope and state
	there   map[string]map[string]int // numbers of records
	shards  map[string][]table.Key    // of counts, by scope
	live    []string                  // Arxes that are not deleted
	before  table.Item                // the default Arx in the old table; nil if it has none
	now     table.Item                // in the restored table
}

func (c *copying) tenant(name string) *tenant {
	if c.tenants[name] == nil {
		c.tenants[name] = &tenant{counted: map[string]map[string]int{}, there: map[string]map[string]int{}, shards: map[string][]table.Key{}}
	}
	return c.tenants[name]
}

// count adds an item of the restored table.
func (c *copying) count(item table.Item) {
	at := item.Key()
	kind, name, _ := at.Parts()
	if kind != "rec" {
		return
	}
	t := c.tenant(name)
	switch at.PK {
	case table.Application(name, "").PK:
		add(t.there, countstore.ApplicationScope, string(applicationstore.Decode(name, item).Status), 1)
	case table.Arx(name, "").PK:
		a := arxstore.Decode(name, item)
		if add(t.there, countstore.ArxScope, string(a.Status), 1); a.Status != api.ArxDeleted {
			t.live = append(t.live, a.ID)
		}
	case table.KeyRow(name, "").PK:
		row := keystore.DecodeRow(item)
		for _, scope := range countstore.KeyScopes(row.ApplicationID, row.ArxID) {
			add(t.there, scope, string(row.Counted), 1)
		}
	case table.DefaultArx(name).PK:
		t.now = item
	}
	if scope, ok := isCount(at); ok {
		t.shards[scope] = append(t.shards[scope], at)
		for state := range item.Without(table.PK, table.SK) {
			add(t.counted, scope, state, item.Int(state))
		}
	}
}

func add(counts map[string]map[string]int, scope, state string, n int) {
	if counts[scope] == nil {
		counts[scope] = map[string]int{}
	}
	if counts[scope][state] += n; counts[scope][state] == 0 {
		delete(counts[scope], state)
	}
}

// tenantsAgree corrects the counts and the default Arx of each tenant.
func (c *copying) tenantsAgree(ctx context.Context) error {
	c.report("counting")
	for name, t := range c.tenants {
		if err := c.countsAgree(ctx, name, t); err != nil {
			return err
		}
		if err := c.defaultAgrees(ctx, name, t); err != nil {
			return err
		}
	}
	return nil
}

// countsAgree rewrites the counts that differ from the numbers of records.
func (c *copying) countsAgree(ctx context.Context, name string, t *tenant) error {
	scopes := slices.Collect(maps.Keys(t.shards))
	for scope := range t.there {
		if t.shards[scope] == nil {
			scopes = append(scopes, scope)
		}
	}
	for _, scope := range scopes {
		if maps.Equal(t.counted[scope], t.there[scope]) {
			continue
		}
		written := map[table.Key]bool{}
		for _, item := range countstore.Stored(name, scope, t.there[scope]) {
			written[item.Key()] = true
			if err := c.put(ctx, item); err != nil {
				return err
			}
		}
		for _, at := range t.shards[scope] {
			if written[at] {
				continue
			}
			if err := c.remove(ctx, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// defaultAgrees makes an Arx the default that is not deleted: that of the old table, or else that of the restored
// table, or else the oldest.
func (c *copying) defaultAgrees(ctx context.Context, name string, t *tenant) error {
	if len(t.live) == 0 {
		if t.now == nil {
			return nil
		}
		return c.remove(ctx, table.DefaultArx(name))
	}
	was := arxstore.DecodeDefault(t.now)
	is := arxes.Default{ArxID: slices.Min(t.live), Live: len(t.live)} // ids sort by time
	for _, id := range []string{was.ArxID, arxstore.DecodeDefault(t.before).ArxID} {
		if slices.Contains(t.live, id) {
			is.ArxID = id
		}
	}
	if is == was {
		return nil
	}
	return c.put(ctx, arxstore.StoredDefault(name, is))
}
