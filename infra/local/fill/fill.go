// Package fill fills a table with a tenant of any size, for measuring and for trying out.
//
// Everything is written as the stores would have written it: applications and Arxes by the stores themselves, and keys with
// their credentials, indexes, counts, uses and events by the stores' encoders, in batches, because a transaction for each
// of a million keys takes hours. The invariant checker finds nothing wrong with the result.
//
// What a key looks like depends on its number and on the time as of which the tenant stands, so that a fill that was stopped
// goes on where it was. Until a fill is done, the tenant's counts are missing, and nobody else may write to it.
//
// Fill writes to a table. Export writes files as DynamoDB exports tables to S3, and imports them: an import of a million keys
// takes minutes where writing them takes hours.
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
	Now          time.Time      // as of which it stands; the present where zero
	Progress     func(keys int) // told how many keys there are, now and then; nobody where nil
}

const (
	chunkKeys = 100 // that one worker writes before the next ones
	workers   = 4
	span      = 360 * 24 * time.Hour // the keys were created in
)

// Fill makes the tenant's keys that are missing in the table of that name. A tenant that is full is left as it is, whatever
// was changed in it since.
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

// filling is a fill that is under way.
type filling struct {
	Tenant
	w            writer
	db           *table.Table
	applications []applications.Application
	arxes        []arxes.Arx

	mu      sync.Mutex
	counted counts
	done    int             // keys
	made    map[string]bool // chunks that were there before, by their last key
}

// counts are how many keys are counted in each state, by scope and state.
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
	// The roll-up looks at every key. It marks none: which of them are unused stands in their rows already.
	if _, err := keystore.New(f.db).RollUp(ctx, f.Now); err != nil {
		return err
	}
	return f.w.put(ctx, f.rest())
}

// rest returns all that is no key's own: uses of the tenant and of parents, and what keys are counted in.
func (f *filling) rest() []table.Item {
	items := f.uses()
	for scope, states := range f.counted {
		items = append(items, countstore.Stored(f.Name, scope, states)...)
	}
	return items
}

// findChunks finds the chunks that an earlier fill has written: those whose last key has a credential, which is written when
// all else of the chunk is there.
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

// chunk makes the keys with the numbers from one on and before the other, unless an earlier fill has.
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

// keys returns all items of the keys with the numbers from one on and before the other, the credential of the last one
// apart, and what they are counted in.
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

// came notes that so many keys are there.
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
