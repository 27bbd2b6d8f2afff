// Package callerstore stores what authentication needs of management keys: their credentials and when they
// were last used. Package managementkeystore stores the rest.
//
// It is a package of its own because every function links it; the code that lists management keys is not
// needed there.
package callerstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Callers reads and writes the credentials of management keys. It is safe for concurrent use.
type Callers struct {
	db *table.Table

	mu       sync.Mutex
	recorded map[string]time.Time // when this environment last recorded the use of a key
}

// New returns the store of the callers in db.
func New(db *table.Table) *Callers {
	return &Callers{db: db, recorded: map[string]time.Time{}}
}

// defaultTTL is how long a management key is cached if PRINCIPAL_TTL is not set.
const defaultTTL = 5 * time.Second

// TTL returns how long this stack caches a management key, which is in PRINCIPAL_TTL.
func TTL() time.Duration { return table.DurationFromEnv("PRINCIPAL_TTL", defaultTTL) }

// Authenticator authenticates the callers of a function, by an access token of the identity provider that
// the environment configures, or by a management key in the table.
type Authenticator struct {
	*auth.Authenticator
	callers *Callers
}

// NewAuthenticator returns the authenticator of the functions. PRINCIPAL_TTL is how long a management key
// is cached; an invalid duration ends the program.
func NewAuthenticator(db *table.Table) *Authenticator {
	callers := New(db)
	return &Authenticator{
		Authenticator: auth.NewAuthenticator(oidc.FromEnv(), callers, TTL()),
		callers:       callers,
	}
}

// AuthenticateWith is Authenticate that also reads the prefetch when it has to read a management key again
// that it accepted before. It does not prefetch for a key that it has not accepted yet, because anyone can
// make up an id.
func (a *Authenticator) AuthenticateWith(ctx context.Context, credential string, prefetch table.Prefetch) (auth.Principal, error) {
	return a.AuthenticateVia(ctx, credential, func(ctx context.Context, id string, seen bool) (auth.ManagementCredential, error) {
		if !seen {
			return a.callers.Find(ctx, id)
		}
		return found(id)(a.callers.db.GetWith(ctx, table.ManagementCredential(id), prefetch))
	})
}

// Find returns the credential of the management key with the id, or problem.NotFound.
func (s *Callers) Find(ctx context.Context, id string) (auth.ManagementCredential, error) {
	return found(id)(s.db.Get(ctx, table.ManagementCredential(id)))
}

// found decodes the credential of the management key with the id.
func found(id string) func(table.Item, error) (auth.ManagementCredential, error) {
	return func(item table.Item, err error) (auth.ManagementCredential, error) {
		switch {
		case err != nil:
			return auth.ManagementCredential{}, fmt.Errorf("find management key %s: %w", id, err)
		case item == nil:
			return auth.ManagementCredential{}, problem.New(problem.NotFound, "There is no such management key.")
		}
		return Decode(id, item), nil
	}
}

// Insert adds a new credential to the transaction that creates its management key. The transaction fails
// with taken if the credential exists.
func Insert(tx *table.Transaction, c auth.ManagementCredential, taken error) {
	tx.Insert(encode(c), taken)
}

// Delete removes the credential and the last use of a management key, in the transaction that deletes the
// key. The transaction fails if the credential does not exist.
func Delete(tx *table.Transaction, id string) {
	tx.Delete(table.ManagementCredential(id))
	tx.Remove(table.LastUse(id))
}
