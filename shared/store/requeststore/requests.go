// Package requeststore remembers requests that carried an idempotency key, so that one that is
// repeated is not done twice.
//
// What is kept is who asked, for what, the hash of the body, and the id of what came of it; never
// the answer, which may have held an access key.
package requeststore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Retention is how long a request is remembered.
const Retention = 24 * time.Hour

const (
	body   = "body"   // hash of the body
	result = "result" // id of what came of the request
)

// Request is one that may be repeated. The zero Request carries no idempotency key: it is done as
// often as it is sent.
type Request struct {
	at   table.Key
	body string
	now  time.Time
}

// New returns the request of the principal for the operation, with the idempotency key that it
// carries, if any, and its body.
func New(by auth.Principal, operation, key string, request any, now time.Time) (Request, error) {
	if key == "" {
		return Request{}, nil
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		return Request{}, fmt.Errorf("encode the request: %w", err)
	}
	return Request{at: table.Request(by.Tenant, sum(by.Kind, by.ID, operation, key)), body: sum(string(encoded)), now: now}, nil
}

// sum is the SHA-256 of the words, in hex.
func sum(words ...string) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%q", words))
	return hex.EncodeToString(hash[:])
}

// errDone is what a transaction answers whose request was done meanwhile, by another attempt at it.
var errDone = errors.New("the request was done meanwhile")

// Record writes, as part of the transaction that does the request, what came of it. It belongs in
// front of all other conditions, since those fail too when the request was done.
func (r Request) Record(tx *table.Transaction, id string) {
	if r.at == (table.Key{}) {
		return
	}
	item := table.NewItem(r.at)
	item.SetString(body, r.body)
	item.SetString(result, id)
	item.SetTTL(r.now.Add(Retention))
	tx.Insert(item, errDone)
}

// Requests is where requests are remembered.
type Requests struct{ db *table.Table }

// Open returns the requests that lie in the table.
func Open(db *table.Table) *Requests { return &Requests{db} }

// find returns the id of what came of the request, empty where it was not done yet. One that was
// done with another body is problem.InvalidField.
func (s *Requests) find(ctx context.Context, r Request) (string, error) {
	item, err := s.db.Get(ctx, r.at)
	switch {
	case err != nil:
		return "", fmt.Errorf("find the request: %w", err)
	case item == nil:
		return "", nil
	case item.String(body) != r.body:
		return "", problem.Invalid(problem.Field{
			Field: "Idempotency-Key", Code: "reused", Detail: "was sent with another body before. Give a new request a new key.",
		})
	}
	return item.String(result), nil
}

// Once answers the request: by doing it, or, where it was done already, with what came of it, which
// again finds by its id.
func Once[Answer any](ctx context.Context, s *Requests, r Request, do func() (Answer, error), again func(id string) (Answer, error)) (answer Answer, err error) {
	if r.at == (table.Key{}) {
		return do()
	}
	switch id, err := s.find(ctx, r); {
	case err != nil:
		return answer, err
	case id != "":
		return again(id)
	}
	answer, failure := do()
	if failure == nil || problem.Is(failure, problem.Unavailable) {
		return answer, failure
	}
	// Another attempt at the request may have been first, and what refused this one be its doing.
	switch id, err := s.find(ctx, r); {
	case err != nil:
		return answer, err
	case id != "":
		return again(id)
	case errors.Is(failure, errDone):
		return answer, problem.Busy(errDone)
	}
	return answer, failure
}
