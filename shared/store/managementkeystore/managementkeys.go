// Package managementkeystore keeps management keys: a row for the lists, and a credential for
// authentication.
package managementkeystore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// ManagementKeys is where management keys are kept. It is safe for concurrent use.
type ManagementKeys struct {
	db *table.Table

	mu   sync.Mutex
	used map[string]time.Time // when this environment told last that the key was used
}

// New returns the management keys that lie in the table.
func New(db *table.Table) *ManagementKeys {
	return &ManagementKeys{db: db, used: map[string]time.Time{}}
}

// Create keeps a new management key and its digest, with the event and the request that asked for it.
func (s *ManagementKeys) Create(ctx context.Context, m managementkeys.ManagementKey, sum accesskey.Digest, e audit.Event, r requeststore.Request) error {
	m.LastEvent = e.Hash
	taken := fmt.Errorf("management key %s is there already", m.ID)
	tx := new(table.Transaction)
	r.Record(tx, m.ID)
	tx.Insert(encodeRow(m), taken)
	tx.Insert(encodeCredential(m, sum), taken)
	if err := auditstore.Record(tx, m.Tenant, e); err != nil {
		return err
	}
	if err := s.db.Commit(ctx, tx); err != nil {
		return fmt.Errorf("create management key %s: %w", m.ID, err)
	}
	return nil
}

// Get returns the tenant's management key, without its last use. One that is not there, or is deleted,
// is problem.NotFound.
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

var errNotFound = problem.New(problem.NotFound, "There is no such management key.")

// Delete removes the tenant's management key and its credential, with the event that the function
// returns for it, and returns it as it was, with its last use. One that is not there is problem.NotFound.
func (s *ManagementKeys) Delete(ctx context.Context, tenant, id string, event func(managementkeys.ManagementKey) (audit.Event, error)) (managementkeys.ManagementKey, error) {
	var was managementkeys.ManagementKey
	err := table.Attempt(func() (err error) {
		if was, err = s.Get(ctx, tenant, id); err != nil {
			return err
		}
		one := []managementkeys.ManagementKey{was}
		if err := s.readUses(ctx, one); err != nil {
			return err
		}
		was = one[0]
		e, err := event(was)
		if err != nil {
			return err
		}
		tx := new(table.Transaction)
		tx.Delete(table.ManagementKeyRow(tenant, id))
		tx.Delete(table.ManagementCredential(id))
		tx.Remove(table.LastUse(id))
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

// Find returns what authentication knows of the management key with the id. One that is not there
// is problem.NotFound.
func (s *ManagementKeys) Find(ctx context.Context, id string) (auth.ManagementCredential, error) {
	item, err := s.db.Get(ctx, table.ManagementCredential(id))
	switch {
	case err != nil:
		return auth.ManagementCredential{}, fmt.Errorf("find management key %s: %w", id, err)
	case item == nil:
		return auth.ManagementCredential{}, errNotFound
	}
	return DecodeCredential(id, item), nil
}

// defaultTTL is how long a management key is remembered where PRINCIPAL_TTL says nothing.
const defaultTTL = 5 * time.Second

// Authenticator returns who tells every function who is calling: by an access token of the provider
// that the environment names, or by a management key of the table. PRINCIPAL_TTL says how long a
// management key is remembered; one that is no duration ends the program.
func Authenticator(db *table.Table) *auth.Authenticator {
	return auth.NewAuthenticator(oidc.FromEnv(), New(db), table.DurationFromEnv("PRINCIPAL_TTL", defaultTTL))
}
