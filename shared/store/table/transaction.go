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

// Transaction is a change that is made whole or not at all. Every write may carry a condition, and
// then the error that its failing means.
type Transaction struct {
	items    []types.TransactWriteItem
	refusals []error // by item: what a failed condition means
	inserts  []int   // items that are Insert's
}

// ErrStale is what a failed condition means where somebody else changed the item meanwhile: read
// again, decide again.
var ErrStale = errors.New("changed meanwhile")

func (tx *Transaction) add(refusal error, item types.TransactWriteItem) {
	tx.items, tx.refusals = append(tx.items, item), append(tx.refusals, refusal)
}

// Commit makes the change. The answer to a failed condition is its refusal, the first one's where
// several failed. It is safe where the connection breaks after the change was made: the attempts
// carry one token, by which DynamoDB knows them for the same (for ten minutes).
//
// Conflicts, throttling and lost connections are tried again until the context's deadline, or for
// changeBudget where it has none. Then others at the same items are problem.Contended; anything else
// is problem.Unavailable, which says whether the change may have been made.
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

// RetryStale calls do until it is done or refused for a reason that stays, each time with what is
// there now: again where others changed it meanwhile (ErrStale), and where a read of it could not be
// made. It waits between with full jitter, and ends at the context's deadline, or after changeBudget
// where it has none. Others that were first each time are problem.Contended.
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
		if stale || met && errors.Is(err, context.DeadlineExceeded) { // the last attempt ended with the time
			return problem.Contended(err)
		}
		return err
	}
}
