package table

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Transaction is a change that is made whole or not at all. Every write may carry a condition, and
// then the error that its failing means.
type Transaction struct {
	items    []types.TransactWriteItem
	refusals []error // by item: what a failed condition means
}

// ErrStale is what a failed condition means where somebody else changed the item meanwhile: read
// again, decide again.
var ErrStale = errors.New("changed meanwhile")

func (tx *Transaction) add(refusal error, item types.TransactWriteItem) {
	tx.items, tx.refusals = append(tx.items, item), append(tx.refusals, refusal)
}

// transactionBudget is how long a transaction is tried where its context ends later: long enough
// for hundreds at once to get through, one after the other.
const transactionBudget = 20 * time.Second

// Commit makes the change. The answer to a failed condition is its refusal, the first one's where
// several failed. It is safe where the connection breaks after the change was made: the attempts
// carry one token, by which DynamoDB knows them for the same (for ten minutes).
func (t *Table) Commit(ctx context.Context, tx *Transaction) error {
	for i := range tx.items {
		item := &tx.items[i]
		switch {
		case item.Put != nil:
			item.Put.TableName = &t.name
		case item.Update != nil:
			item.Update.TableName = &t.name
		case item.Delete != nil:
			item.Delete.TableName = &t.name
		}
	}
	in := &dynamodb.TransactWriteItemsInput{TransactItems: tx.items, ClientRequestToken: aws.String(rand.Text())}
	same := identical()
	err := retryFor(ctx, transactionBudget, func(ctx context.Context) error {
		_, err := t.client.TransactWriteItems(ctx, in, same)
		return err
	})
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		for i, reason := range cancelled.CancellationReasons {
			if value(reason.Code) == "ConditionalCheckFailed" && tx.refusals[i] != nil {
				return tx.refusals[i]
			}
		}
	}
	if err != nil {
		return fmt.Errorf("commit %d items: %w", len(tx.items), err)
	}
	return nil
}

// RetryStale calls do again as long as it is ErrStale, a few times: each time with what is there now.
func RetryStale(do func() error) error {
	for range 5 {
		if err := do(); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return problem.Busy(ErrStale)
}
