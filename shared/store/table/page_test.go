package table_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// endless is an engine that never runs out of rows.
type endless struct{ *dynamodb.Client }

func (endless) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := new(dynamodb.QueryOutput)
	for i := range *in.Limit {
		out.Items = append(out.Items, map[string]types.AttributeValue{table.SK: &types.AttributeValueMemberS{Value: fmt.Sprintf("%06d", i)}})
	}
	return out, nil
}

func TestCollectEndsAtItsBound(t *testing.T) {
	rows := table.New(endless{}, "t").Rows(t.Context(), table.Range{To: "~"}, 26)
	c, err := table.Collect(rows, func(table.Item) bool { return false }, 25, 1234)
	if err != nil || len(c.Rows) > 0 || !c.More || c.Scanned != 1234 || c.Last == nil {
		t.Errorf("%d rows, more %v, %d scanned, %v", len(c.Rows), c.More, c.Scanned, err)
	}
	c, err = table.Collect(rows, func(table.Item) bool { return true }, 25, 1234)
	if err != nil || len(c.Rows) != 25 || !c.More || c.Scanned != 0 {
		t.Errorf("%d rows, more %v, %d scanned, %v", len(c.Rows), c.More, c.Scanned, err)
	}
}

func TestAllGoesOn(t *testing.T) {
	read := 0
	for _, err := range table.New(endless{}, "t").All(t.Context(), table.Range{To: "~"}) {
		if err != nil {
			t.Fatalf("%v after %d rows", err, read)
		}
		if read++; read > 50_000 {
			return
		}
	}
	t.Errorf("ended after %d rows", read)
}
