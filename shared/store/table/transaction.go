package table

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Transaction is an atomic change of several items. Each write may have a condition, with the error to
// return if the condition fails.
type Transaction struct {
	items    []types.TransactWriteItem
	refusals []error // by item: the error if its condition fails
	inserts  []int   // indexes of the items added by Insert
}

// ErrStale is returned when a condition fails because the item was changed concurrently: read it again and
// decide again.
var ErrStale = errors.New("changed concurrently")

func (tx *Transaction) add(refusal error, item types.TransactWriteItem) {
	tx.items, tx.refusals = append(tx.items, item), append(tx.refusals, refusal)
}

// Commit makes the change. If conditions fail, it returns the refusal of the first. It is safe if the
// connection breaks after the change was made: all attempts carry one token, by which DynamoDB recognizes
// repetitions (for ten minutes).
//
// Commit retries conflicts, throttling and lost connections until the context's deadline, or for
// changeBudget if it has none. Then it returns problem.Contended for conflicts and problem.Unavailable for
// everything else, which says whether the change may have been made.
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
	tx.setInserts(t.now())
	in := &dynamodb.TransactWriteItemsInput{TransactItems: tx.items, ClientRequestToken: aws.String(rand.Text())}
	same := identical()
	ctx, cancel := withDeadline(ctx, changeBudget)
	defer cancel()
	undecided := false
	err := retry(ctx, func(ctx context.Context) error {
		_, err := t.client.TransactWriteItems(ctx, in, same)
		undecided = undecided || faultOf(err) == lost && !Unwritten(err)
		return err
	})
	if g, ok := errors.AsType[gaveUp](err); ok {
		err = g.uncommitted(undecided)
	}
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

// RetryStale calls do until it succeeds or fails permanently. It calls do again, which reads the current
// items, after ErrStale and after a failed read. It waits between the calls with full jitter, and ends at
// the context's deadline, or after changeBudget if it has none. It returns problem.Contended if concurrent
// changes won every time.
func RetryStale(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := withDeadline(ctx, changeBudget)
	defer cancel()
	var pause backoff
	met := false
	for {
		err := do(ctx)
		stale := errors.Is(err, ErrStale)
		if !stale && !errors.Is(err, errUnwritten) {
			return err
		}
		met = met || stale
		if pause.wait(ctx) {
			continue
		}
		if stale || met && errors.Is(err, context.DeadlineExceeded) { // time ran out during the last attempt
			return problem.Contended(err)
		}
		return err
	}
}
