// Package restore makes a table usable that was restored to a point in time: it revokes again what was revoked since.
//
// A restored table has the stamp of the table that it was restored from, so functions refuse it. It may contain keys
// that were deleted, disabled or rotated after the point in time. FromTable takes the present state of every record that
// changed since from the old table. FromAudit, for when the old table is lost, has only an export of the audit events:
// it revokes what it cannot reproduce. Both write the stamp last, and only if infra/local/check finds nothing.
//
// Both may be stopped at any point and called again. Nothing else may write to the table meanwhile; functions cannot.
package restore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Client is the part of DynamoDB's client that a restore uses.
type Client interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Restore is a restored table.
type Restore struct {
	Client Client
	To     string       // name of the restored table
	Since  time.Time    // the point in time that it was restored to
	Report func(string) // receives what is done and what is lost, a line at a time
}

// margin is how long before the point in time a change counts as one since. Clocks of functions differ by up to a
// minute, and a restored table may contain only a part of a change that was made at the point in time.
const margin = time.Hour

// start returns the stamp of the restored table, and false if it is usable already.
func (r Restore) start(ctx context.Context) (stamp table.Stamp, needed bool, err error) {
	stamp, ok, err := table.ReadStamp(ctx, r.Client, r.To)
	switch {
	case err != nil:
		return stamp, false, err
	case !ok:
		return stamp, false, fmt.Errorf("the table %s has no stamp: it is no table of Arxkeys, or was empty at the point in time", r.To)
	case stamp.Format != table.Format():
		return stamp, false, fmt.Errorf("the table %s has the format %d, and this program knows the format %d: use the release that wrote it", r.To, stamp.Format, table.Format())
	case stamp.Table == r.To:
		r.report("The table %s is complete: its stamp names it. Nothing to do.", r.To)
		return stamp, false, nil
	}
	return stamp, true, nil
}

// finish checks the restored table and stamps it with its own name. From then on, functions use it.
func (r Restore) finish(ctx context.Context, was table.Stamp) error {
	r.report("checking %s", r.To)
	findings, err := check.Table(ctx, r.Client, r.To)
	if err != nil {
		return err
	}
	if n := len(findings); n > 0 {
		return fmt.Errorf("the table %s has %d inconsistencies, so it stays unusable:\n%s", r.To, n, strings.Join(findings[:min(n, shown)], "\n"))
	}
	if err := table.Restamp(ctx, r.Client, r.To, was, table.Stamp{Format: was.Format, Table: r.To}); err != nil {
		return err
	}
	r.report("The table %s is complete and consistent. Functions that have TABLE_NAME=%[1]s use it from now on.", r.To)
	return nil
}

// shown is how many findings an error lists.
const shown = 20

func (r Restore) report(format string, args ...any) { r.Report(fmt.Sprintf(format, args...)) }

// pageItems limits a page of a scan. Without it the local engine reads all the rest of the table for each page.
const pageItems = 2000

// scan iterates over all items of a table. It stops at the first error.
func scan(ctx context.Context, db dynamodb.ScanAPIClient, name string) iter.Seq2[table.Item, error] {
	return func(yield func(table.Item, error) bool) {
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true), Limit: aws.Int32(pageItems)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, fmt.Errorf("scan the table %s: %w", name, err))
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// writer puts and deletes items of the restored table, several at a time.
type writer struct {
	Restore
	pending []types.WriteRequest
	written int
}

const (
	atOnce = 25 // maximum number of items in a batch
	pause  = 50 * time.Millisecond
	every  = 10_000 // items between two lines of progress
)

func (w *writer) put(ctx context.Context, item table.Item) error {
	return w.add(ctx, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
}

func (w *writer) remove(ctx context.Context, at table.Key) error {
	return w.add(ctx, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: table.NewItem(at)}})
}

func (w *writer) add(ctx context.Context, request types.WriteRequest) error {
	if w.pending = append(w.pending, request); len(w.pending) < atOnce {
		return nil
	}
	return w.flush(ctx)
}

// flush writes what is pending.
func (w *writer) flush(ctx context.Context) error {
	for before := w.written; len(w.pending) > 0; {
		out, err := w.Client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{w.To: w.pending}})
		if err != nil {
			return fmt.Errorf("write items of the table %s: %w", w.To, err)
		}
		left := out.UnprocessedItems[w.To]
		w.written += len(w.pending) - len(left)
		if w.pending = left; len(left) == 0 {
			if w.written/every > before/every {
				w.report("%d items written", w.written)
			}
			return nil
		}
		select { // throttled
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

var errNoPoint = errors.New("the point in time is missing")
