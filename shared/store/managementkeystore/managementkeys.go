// Package managementkeystore stores management keys. It stores a row for lists; package callerstore stores
// the credential, in the same transaction.
package managementkeystore

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// ManagementKeys reads and writes the management keys in the table. It is safe for concurrent use.
type ManagementKeys struct{ db *table.Table }

// New returns the store of the management keys in db.
func New(db *table.Table) *ManagementKeys {
	return &ManagementKeys{db: db}
}

// Create stores a new management key, its credential, its audit event and its idempotent request in one
// transaction.
func (s *ManagementKeys) Create(ctx context.Context, m managementkeys.ManagementKey, sum accesskey.Digest, e audit.Event, r requeststore.Request) error {
	m.LastEvent = e.Hash
	taken := fmt.Errorf("management key %s already exists", m.ID)
	tx := new(table.Transaction)
	r.Record(tx, m.ID)
	tx.Insert(encodeRow(m), taken)
	callerstore.Insert(tx, credential(m, sum), taken)
	if err := auditstore.Record(tx, m.Tenant, e); err != nil {
		return err
	}
	if err := s.db.Commit(ctx, tx); err != nil {
		return fmt.Errorf("create management key %s: %w", m.ID, err)
	}
	return nil
}

// credential returns the management key's credential.
func credential(m managementkeys.ManagementKey, sum accesskey.Digest) auth.ManagementCredential {
	return auth.ManagementCredential{
		Digest: sum[:], ExpiresAt: m.ExpiresAt,
		Principal: auth.Principal{Kind: api.ManagementKey, ID: m.ID, Name: m.Name, Tenant: m.Tenant, Role: m.Role},
	}
}

// Get returns the tenant's management key without its last use, or problem.NotFound.
func (s *ManagementKeys) Get(ctx context.Context, tenant, id string) (managementkeys.ManagementKey, error) {
	if !api.ValidID(api.ManagementKeyPrefix, id) {
		return managementkeys.ManagementKey{}, errNotFound
	}
	row, err := s.db.Get(ctx, table.ManagementKeyRow(tenant, id))
	switch {
	case err != nil:
		return managementkeys.ManagementKey{}, fmt.Errorf("get management key %s: %w", id, err)
	case row == nil:
		return managementkeys.ManagementKey{}, errNotFound
	}
	return Decode(tenant, row), nil
}

// Find is Get with the last use.
func (s *ManagementKeys) Find(ctx context.Context, tenant, id string) (managementkeys.ManagementKey, error) {
	m, err := s.Get(ctx, tenant, id)
	if err != nil {
		return managementkeys.ManagementKey{}, err
	}
	one := []managementkeys.ManagementKey{m}
	if err := s.addUses(ctx, one); err != nil {
		return managementkeys.ManagementKey{}, fmt.Errorf("get management key %s: %w", id, err)
	}
	return one[0], nil
}

var errNotFound = problem.New(problem.NotFound, "There is no such management key.")

// Delete removes the tenant's management key and its credential, and records the event that the function
// returns. It returns the deleted key with its last use, or problem.NotFound.
func (s *ManagementKeys) Delete(ctx context.Context, tenant, id string, event func(managementkeys.ManagementKey) (audit.Event, error)) (managementkeys.ManagementKey, error) {
	var was managementkeys.ManagementKey
	err := table.RetryStale(ctx, func(ctx context.Context) (err error) {
		if was, err = s.Find(ctx, tenant, id); err != nil {
			return err
		}
		e, err := event(was)
		if err != nil {
			return err
		}
		tx := new(table.Transaction)
		tx.Delete(table.ManagementKeyRow(tenant, id))
		callerstore.Delete(tx, id)
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return managementkeys.ManagementKey{}, fmt.Errorf("delete management key %s: %w", id, err)
	}
	return was, nil
}

// addUses sets the last use of each management key.
func (s *ManagementKeys) addUses(ctx context.Context, to []managementkeys.ManagementKey) error {
	var ids []string
	for _, m := range to {
		ids = append(ids, m.ID)
	}
	uses, err := callerstore.Uses(ctx, s.db, ids)
	if err != nil {
		return err
	}
	for i := range to {
		to[i].LastUsedAt = uses[to[i].ID]
	}
	return nil
}
