package fill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// writer writes items, and overwrites existing ones.
type writer struct {
	client *dynamodb.Client
	table  string
}

const (
	atOnce = 25 // maximum number of items in a batch
	pause  = 50 * time.Millisecond
)

func (w writer) put(ctx context.Context, items []table.Item) error {
	for batch := range slices.Chunk(items, atOnce) {
		requests := make([]types.WriteRequest, len(batch))
		for i, item := range batch {
			requests[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}
		}
		for len(requests) > 0 {
			out, err := w.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{w.table: requests}})
			if err != nil {
				return fmt.Errorf("write items: %w", err)
			}
			if requests = out.UnprocessedItems[w.table]; len(requests) == 0 {
				break
			}
			select { // throttled
			case <-time.After(pause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}
