// Package requeststore stores requests that carry an idempotency key, so that a repeated request is
// executed once.
//
// It stores the caller, the operation, the hash of the body, and the id of the created resource. It never
// stores the response, which may contain an access key.
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

// Retention is how long a request is stored.
const Retention = 24 * time.Hour

const (
	body   = "body"   // hash of the body
	result = "result" // id of the resource that the request created
)

// Request is a request that may be repeated. The zero Request carries no idempotency key and is executed
// every time.
type Request struct {
	at   table.Key
	body string
	now  time.Time
}

// New returns the principal's request for the operation, with its idempotency key, which may be empty, and
// its body.
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

// sum returns the SHA-256 of the words in hex.
func sum(words ...string) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%q", words))
	return hex.EncodeToString(hash[:])
}

// errDone is the refusal of a transaction whose request another attempt has completed.
var errDone = errors.New("another attempt completed the request")

// Record adds the request and the id of its result to the transaction that executes it. Call it before
// adding other conditions: they fail too if the request was completed.
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

// Requests reads and writes the requests in the table.
type Requests struct{ db *table.Table }

// Open returns the store of the requests in db.
func Open(db *table.Table) *Requests { return &Requests{db} }

// find returns the id of the request's result, or "" if the request was not executed yet. It returns
// problem.InvalidField if the idempotency key was used with another body.
func (s *Requests) find(ctx context.Context, r Request) (string, error) {
	item, err := s.db.Get(ctx, r.at)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the idempotency key: %w", err)
	case item == nil:
		return "", nil
	case item.String(body) != r.body:
		return "", problem.Invalid(problem.Field{
			Field: "Idempotency-Key", Code: "reused", Detail: "was sent with another body before. Give a new request a new key.",
		})
	}
	return item.String(result), nil
}

// Once executes the request, or, if it was executed before, returns what again returns for the id of its
// result.
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
	if failure == nil || problem.IsUndecided(failure) {
		return answer, failure
	}
	// Another attempt may have completed the request first, and caused this failure.
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
