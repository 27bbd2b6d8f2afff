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

// Authenticator returns who tells every function who is calling: by an access token of the provider
// that the environment names, or by a management key of the table. PRINCIPAL_TTL says how long a
// management key is remembered; one that is no duration ends the program.
func Authenticator(db *table.Table) *auth.Authenticator {
	return auth.NewAuthenticator(oidc.FromEnv(), New(db), table.DurationFromEnv("PRINCIPAL_TTL", defaultTTL))
}

// Find returns what authentication knows of the management key with the id. One that is not there
// is problem.NotFound. What the context has along is read in the same call.
func (s *Callers) Find(ctx context.Context, id string) (auth.ManagementCredential, error) {
	item, err := s.db.GetAlong(ctx, table.ManagementCredential(id))
	switch {
	case err != nil:
		return auth.ManagementCredential{}, fmt.Errorf("find management key %s: %w", id, err)
	case item == nil:
		return auth.ManagementCredential{}, problem.New(problem.NotFound, "There is no such management key.")
	}
	return Decode(id, item), nil
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
