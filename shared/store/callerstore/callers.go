// Package callerstore keeps what authentication knows of management keys: their credentials, and when
// they were used last. All else that is kept of them is managementkeystore's.
//
// It stands by itself so that every function knows its callers without what only lists of management
// keys need.
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

// Callers is where the credentials of management keys are kept. It is safe for concurrent use.
type Callers struct {
	db *table.Table

	mu   sync.Mutex
	told map[string]time.Time // when this environment told last that the key was used
}

// New returns the callers that lie in the table.
func New(db *table.Table) *Callers {
	return &Callers{db: db, told: map[string]time.Time{}}
}

// defaultTTL is how long a management key is remembered where PRINCIPAL_TTL says nothing.
const defaultTTL = 5 * time.Second

// Authenticator finds out who calls a function: by an access token of the provider that the environment
// names, or by a management key of the table.
type Authenticator struct {
	*auth.Authenticator
	callers *Callers
}

// NewAuthenticator returns the authenticator of the table's functions. PRINCIPAL_TTL says how long a
// management key is remembered; one that is no duration ends the program.
func NewAuthenticator(db *table.Table) *Authenticator {
	callers := New(db)
	return &Authenticator{
		Authenticator: auth.NewAuthenticator(oidc.FromEnv(), callers, table.DurationFromEnv("PRINCIPAL_TTL", defaultTTL)),
		callers:       callers,
	}
}

// AuthenticateWith is Authenticate. Where it has to read a management key again that it has accepted
// before, it reads the prefetch in the same call. For one that it has not, and that anybody may have made
// up, it reads nothing else.
func (a *Authenticator) AuthenticateWith(ctx context.Context, credential string, prefetch table.Prefetch) (auth.Principal, error) {
	return a.AuthenticateVia(ctx, credential, func(ctx context.Context, id string, seen bool) (auth.ManagementCredential, error) {
		if !seen {
			return a.callers.Find(ctx, id)
		}
		return found(id)(a.callers.db.GetWith(ctx, table.ManagementCredential(id), prefetch))
	})
}

// Find returns what authentication knows of the management key with the id. One that is not there
// is problem.NotFound.
func (s *Callers) Find(ctx context.Context, id string) (auth.ManagementCredential, error) {
	return found(id)(s.db.Get(ctx, table.ManagementCredential(id)))
}

// found decodes what was read of the management key with the id.
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

// Insert keeps a new credential: part of the transaction that makes its management key, and taken is
// its error where there is one already.
func Insert(tx *table.Transaction, c auth.ManagementCredential, taken error) {
	tx.Insert(encode(c), taken)
}

// Delete removes the credential and the last use of a management key, which has to be there: part of
// the transaction that deletes it.
func Delete(tx *table.Transaction, id string) {
	tx.Delete(table.ManagementCredential(id))
	tx.Remove(table.LastUse(id))
}
