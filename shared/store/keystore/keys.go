// Package keystore stores API keys: a row for lists, and a credential for verification and for the details
// of a key.
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
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Keys reads and writes the API keys in the table.
type Keys struct {
	db     *table.Table
	counts *countstore.Counts
	bounds Bounds
	clock  func() time.Time // determines which hours of use are read
}

// Bounds limit how much a page of a list reads if no index matches the request.
type Bounds struct {
	Scanned int // rows scanned for those that match; the next page continues after them
	// Rows read and sorted in memory if no index has both the filter and the order; above it, the order's index
	// is filtered.
	Sorted int
	Words  int // words scanned in a search, each of which leads to a row
	Chunk  int // rows per query after the first one
	// Applications and Arxes read by one query, which takes up to 30 read units for 1,000; others are read one by
	// one.
	Parents int
}

// WithBounds returns the store with other bounds, for tests.
func (s *Keys) WithBounds(b Bounds) *Keys {
	other := *s
	other.bounds = b
	return &other
}

// New returns the store of the API keys in db.
func New(db *table.Table) *Keys {
	return &Keys{db, countstore.New(db), Bounds{Scanned: 1000, Sorted: 1000, Words: 200, Chunk: 250, Parents: 1000}, time.Now}
}

// Create stores a new key, the digest of its access key, its audit event and its idempotent request in one
// transaction.
func (s *Keys) Create(ctx context.Context, k keys.Key, sum accesskey.Digest, e audit.Event, r requeststore.Request) error {
	k.LastEvent = e.Hash
	credential := encodeCredential(k)
	credential.SetBytes(digest, sum[:])
	taken := fmt.Errorf("key %s already exists", k.ID)
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

// Get returns the tenant's key, including a deleted one, or problem.NotFound.
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
	// Read even if the key has no limit of uses: a change may set one, which counts from the uses so far.
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

// Find returns the tenant's key, including a deleted one, with its current parents and its use, or
// problem.NotFound.
func (s *Keys) Find(ctx context.Context, tenant, id string) (keys.Key, keys.Details, error) {
	k, err := s.Get(ctx, tenant, id)
	if err != nil {
		return keys.Key{}, keys.Details{}, err
	}
	details, err := s.detailsOf(ctx, tenant, k.Row)
	return k, details, err
}

// detailsOf returns the current parents and the use of one key.
func (s *Keys) detailsOf(ctx context.Context, tenant string, r keys.Row) (keys.Details, error) {
	var items []table.Item
	var used map[string]usage.Summary
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		items, err = s.db.GetAll(both, []table.Key{table.Parent(tenant, r.ApplicationID), table.Parent(tenant, r.ArxID)})
		return err
	})
	group.Go(func() (err error) {
		used, err = usestore.New(s.db).Summaries(both, tenant, s.clock(), r.ID)
		return err
	})
	if err := group.Wait(); err != nil {
		return keys.Details{}, fmt.Errorf("read the details of key %s: %w", r.ID, err)
	}
	return keys.Details{Parents: parentstore.Decode(items).Of(r), Used: used[r.ID]}, nil
}

var errNotFound = problem.New(problem.NotFound, "There is no such API key.")
