// Package managementkeystore keeps management keys: a row for the lists, and a credential for
// authentication.
package managementkeystore

import (
	"context"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	digest    = "digest"
	tenant    = "tenant"
	name      = "name"
	role      = "role"
	expiresAt = "expires_at"
	createdAt = "created_at"
	createdBy = "created_by"
	lastEvent = "last_event"
)

// ManagementKeys is where management keys are kept.
type ManagementKeys struct{ db *table.Table }

// New returns the management keys that lie in the table.
func New(db *table.Table) *ManagementKeys { return &ManagementKeys{db} }

// Create keeps a new management key and its digest, with the event.
func (s *ManagementKeys) Create(ctx context.Context, m managementkeys.ManagementKey, sum accesskey.Digest, e audit.Event) error {
	taken := fmt.Errorf("management key %s is there already", m.ID)
	row := table.NewItem(table.ManagementKeyRow(m.Tenant, m.ID))
	row.SetString(name, m.Name)
	row.SetString(role, string(m.Role))
	row.SetTime(expiresAt, m.ExpiresAt)
	row.SetTime(createdAt, m.CreatedAt)
	row.SetBy(createdBy, m.CreatedBy)
	row.SetString(lastEvent, e.Hash)

	credential := table.NewItem(table.ManagementCredential(m.ID))
	credential.SetBytes(digest, sum[:])
	credential.SetString(tenant, m.Tenant)
	credential.SetString(name, m.Name)
	credential.SetString(role, string(m.Role))
	credential.SetTime(expiresAt, m.ExpiresAt)

	tx := new(table.Transaction)
	tx.Insert(row, taken)
	tx.Insert(credential, taken)
	if err := auditstore.Record(tx, m.Tenant, e); err != nil {
		return err
	}
	if err := s.db.Commit(ctx, tx); err != nil {
		return fmt.Errorf("create management key %s: %w", m.ID, err)
	}
	return nil
}

// Find returns what authentication knows of the management key with the id. One that is not there
// is problem.NotFound.
func (s *ManagementKeys) Find(ctx context.Context, id string) (auth.ManagementCredential, error) {
	item, err := s.db.Get(ctx, table.ManagementCredential(id))
	switch {
	case err != nil:
		return auth.ManagementCredential{}, fmt.Errorf("find management key %s: %w", id, err)
	case item == nil:
		return auth.ManagementCredential{}, problem.New(problem.NotFound, "There is no such management key.")
	}
	return auth.ManagementCredential{
		Digest: item.Bytes(digest),
		Principal: auth.Principal{
			Kind: api.ManagementKey, ID: id, Name: item.String(name), Tenant: item.String(tenant), Role: api.Role(item.String(role)),
		},
		ExpiresAt: item.Time(expiresAt),
	}, nil
}

// defaultTTL is how long a management key is remembered where PRINCIPAL_TTL says nothing.
const defaultTTL = 5 * time.Second

// Authenticator returns who tells every function who is calling: by an access token of the provider
// that the environment names, or by a management key of the table. PRINCIPAL_TTL says how long a
// management key is remembered; one that is no duration ends the program.
func Authenticator(db *table.Table) *auth.Authenticator {
	return auth.NewAuthenticator(oidc.FromEnv(), New(db), table.DurationFromEnv("PRINCIPAL_TTL", defaultTTL))
}
