// Package fill fills a table with a tenant of any size, for measurements and experiments.
//
// The items are the same as if the stores had written them: the stores write applications and Arxes, and the stores'
// encoders encode keys with their credentials, indexes, counts, uses and events. Keys are written in batches, because
// a transaction for each of a million keys takes hours. The result is consistent for infra/local/check.
//
// A key depends only on its number and on the tenant's point in time, so that a stopped fill can continue. Until a
// fill is complete, the tenant's counts are missing, and nothing else may write to it.
//
// Fill writes to a table. Export writes files in the format of DynamoDB's exports to S3, and DataDir imports them:
// importing a million keys takes minutes, writing them takes hours.
package fill

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Tenant is a tenant to fill.
type Tenant struct {
	Name         string
	Keys         int
	Applications int
	Arxes        int
	Now          time.Time      // the tenant's point in time; zero means now
	Progress     func(keys int) // called with the number of keys from time to time; may be nil
}

const (
	chunkKeys = 100 // keys that a worker writes at a time
	workers   = 4
	span      = 360 * 24 * time.Hour // the period in which the keys were created
)

// Fill creates the missing keys of the tenant in the table. It does not change a complete tenant, even if that was
// modified since.
func Fill(ctx context.Context, client *dynamodb.Client, name string, t Tenant) error {
	if t.Progress == nil {
		t.Progress = func(int) {}
	}
	f := &filling{Tenant: t, w: writer{client, name}, db: table.New(client, name), counted: counts{}, made: map[string]bool{}}
	if err := f.fill(ctx); err != nil {
		return fmt.Errorf("fill tenant %s: %w", t.Name, err)
	}
	return nil
}

// filling is a fill in progress.
type filling struct {
	Tenant
	w            writer
	db           *table.Table
	applications []applications.Application
	arxes        []arxes.Arx

	mu      sync.Mutex
	counted counts
	done    int             // number of keys
	made    map[string]bool // chunks that existed before, by their last key
}

// counts are numbers of keys, by scope and state.
type counts map[string]map[string]int

func (c counts) add(scope, state string, n int) {
	if c[scope] == nil {
		c[scope] = map[string]int{}
	}
	c[scope][state] += n
}

func (f *filling) fill(ctx context.Context) error {
	n, err := countstore.New(f.db).Keys(ctx, f.Name, time.Now())
	if err != nil || n.Total+n.Deleted >= f.Keys {
		return err
	}
	if err := f.parents(ctx); err != nil {
		return err
	}
	if err := f.findChunks(ctx); err != nil {
		return err
	}
	group, each := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for from := 0; from < f.Keys && each.Err() == nil; from += chunkKeys {
		group.Go(func() error { return f.chunk(each, from, min(from+chunkKeys, f.Keys)) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	// The roll-up reads every key, but marks none: the rows already say which keys are unused.
	if _, err := keystore.New(f.db).RollUp(ctx, f.Now); err != nil {
		return err
	}
	return f.w.put(ctx, f.rest())
}

// rest returns the items that belong to no key: uses of the tenant and of parents, and counts.
func (f *filling) rest() []table.Item {
	items := f.uses()
	for scope, states := range f.counted {
		items = append(items, countstore.Stored(f.Name, scope, states)...)
	}
	return items
}

// findChunks finds the chunks of an earlier fill: those whose last key has a credential, which is written last.
func (f *filling) findChunks(ctx context.Context) error {
	var lasts []table.Key
	for from := 0; from < f.Keys; from += chunkKeys {
		k, err := f.key(min(from+chunkKeys, f.Keys) - 1)
		if err != nil {
			return err
		}
		lasts = append(lasts, k.credential.Key())
	}
	items, err := f.db.GetAll(ctx, lasts, "id")
	for _, item := range items {
		f.made[item.Key().PK] = true
	}
	return err
}

// chunk creates the keys with the numbers in [from, to), unless an earlier fill has.
func (f *filling) chunk(ctx context.Context, from, to int) error {
	items, last, counted, err := f.keys(from, to)
	if err != nil {
		return err
	}
	if !f.made[last.Key().PK] {
		if err := f.w.put(ctx, items); err != nil {
			return err
		}
		if err := f.w.put(ctx, []table.Item{last}); err != nil {
			return err
		}
	}
	f.came(to-from, counted)
	return nil
}

// keys returns all items of the keys with the numbers in [from, to), except for the credential of the last one, which
// it returns separately, and their counts.
func (f *filling) keys(from, to int) (items []table.Item, last table.Item, counted counts, err error) {
	counted = counts{}
	for i := from; i < to; i++ {
		k, err := f.key(i)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, scope := range countstore.KeyScopes(k.ApplicationID, k.ArxID) {
			counted.add(scope, string(k.Counted), 1)
		}
		if last != nil {
			items = append(items, last)
		}
		items, last = append(items, k.items...), k.credential
	}
	return items, last, counted, nil
}

// came records that keys were written.
func (f *filling) came(keys int, counted counts) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for scope, states := range counted {
		for state, n := range states {
			f.counted.add(scope, state, n)
		}
	}
	f.done += keys
	f.Progress(f.done)
}
