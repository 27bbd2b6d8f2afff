package table_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// endless is an engine with more rows than anybody reads.
type endless struct{ *dynamodb.Client }

func (endless) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := new(dynamodb.QueryOutput)
	for i := range *in.Limit {
		out.Items = append(out.Items, map[string]types.AttributeValue{table.SK: &types.AttributeValueMemberS{Value: fmt.Sprintf("%06d", i)}})
	}
	return out, nil
}

func TestRowsEndsWhereASearchBecomesTooMuch(t *testing.T) {
	read := 0
	for item, err := range table.New(endless{}, "t").Rows(t.Context(), table.Range{To: "~"}, 26) {
		if err == nil && item != nil {
			read++
			continue
		}
		if !problem.Is(err, problem.InvalidField) || read != table.MaxRows {
			t.Errorf("%v after %d rows, want invalid_field after %d", err, read, table.MaxRows)
		}
		return
	}
	t.Error("it ended without a word")
}

func TestAllGoesOn(t *testing.T) {
	read := 0
	for _, err := range table.New(endless{}, "t").All(t.Context(), table.Range{To: "~"}) {
		if err != nil {
			t.Fatalf("%v after %d rows", err, read)
		}
		if read++; read > table.MaxRows+1000 {
			return
		}
	}
	t.Errorf("it ended after %d rows", read)
}
