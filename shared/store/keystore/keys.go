// Package keystore keeps API keys: a row for the lists, and a credential for verification and for
// all that a key's own page shows.
package keystore

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Keys is where API keys are kept.
type Keys struct {
	db     *table.Table
	counts *countstore.Counts
	bounds Bounds
	clock  func() time.Time // says which hours of use are read
}

// Bounds are how much a page of a list reads at most where no index has what it asks for.
type Bounds struct {
	Scanned int // rows that are looked at in search of those that a filter lets through; the next page goes on behind them
	Sorted  int // rows that are read and sorted where no index has both the filter and the order; if there are more, the order's index is filtered
	Words   int // words that are looked at in a search: each leads to a row
	Chunk   int // rows that are read at once, after the first ones
}

// WithBounds returns the keys with other bounds, as tests want them.
func (s *Keys) WithBounds(b Bounds) *Keys {
	other := *s
	other.bounds = b
	return &other
}

// New returns the API keys that lie in the table.
func New(db *table.Table) *Keys {
	return &Keys{db, countstore.New(db), Bounds{Scanned: 1000, Sorted: 1000, Words: 200, Chunk: 250}, time.Now}
}

// Create keeps a new key and the digest of its access key, with the event and the request that asked
// for it.
func (s *Keys) Create(ctx context.Context, k keys.Key, sum accesskey.Digest, e audit.Event, r requeststore.Request) error {
	k.LastEvent = e.Hash
	credential := encodeCredential(k)
	credential.SetBytes(digest, sum[:])
	taken := fmt.Errorf("key %s is there already", k.ID)
	tx := new(table.Transaction)
	r.Record(tx, k.ID)
	insertRow(tx, k.Tenant, k.Row, taken)
	tx.Insert(credential, taken)
	countstore.Move(tx, k.Tenant, k.ApplicationID, k.ArxID, "", k.Counted)
	if err := auditstore.Record(tx, k.Tenant, e); err != nil {
		return err
	}
	if err := s.db.Commit(ctx, tx); err != nil {
		return fmt.Errorf("create key %s: %w", k.ID, err)
	}
	return nil
}

// Get returns the tenant's key, a deleted one too. One that is not there is problem.NotFound.
func (s *Keys) Get(ctx context.Context, tenant, id string) (keys.Key, error) {
	if !api.ValidID(api.KeyPrefix, id) {
		return keys.Key{}, errNotFound
	}
	var item table.Item
	var used int
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		item, err = s.db.Get(ctx, table.Credential(id), shown...)
		return err
	})
	// Also where no limit asks for it: a change may set one, which counts from what was used before.
	group.Go(func() (err error) {
		used, err = limitstore.Used(ctx, s.db, id)
		return err
	})
	if err := group.Wait(); err != nil {
		return keys.Key{}, fmt.Errorf("get key %s: %w", id, err)
	}
	k := decodeKey(item)
	if k.ID == "" || k.Tenant != tenant {
		return keys.Key{}, errNotFound
	}
	k.Used = used
	return k, nil
}

// Find returns the tenant's key, a deleted one too, and its parents as they are now, with how it was
// used. One that is not there is problem.NotFound.
func (s *Keys) Find(ctx context.Context, tenant, id string) (keys.Key, keys.Details, error) {
	k, err := s.Get(ctx, tenant, id)
	if err != nil {
		return keys.Key{}, keys.Details{}, err
	}
	details, _, err := s.details(ctx, tenant, nil, k.Row)
	if err != nil {
		return keys.Key{}, keys.Details{}, err
	}
	return k, details[0], nil
}

var errNotFound = problem.New(problem.NotFound, "There is no such API key.")
