package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Expression is a conditional update of one item, in DynamoDB's expression syntax. Names and Values resolve
// its placeholders.
type Expression struct {
	Update    string
	Condition string // optional
	Names     map[string]string
	Values    Item
}

// ErrRefused is returned when the condition of an Expression fails.
var ErrRefused = errors.New("the condition failed")

// UpdateOnce updates an item, or creates it, and returns the updated item. If the condition fails, it
// returns the current item, nil if there is none, and ErrRefused.
//
// It makes one attempt, because repeating an update that adds could add twice. Any other error is
// problem.Unavailable, and the update may have been made.
func (t *Table) UpdateOnce(ctx context.Context, at Key, e Expression) (Item, error) {
	out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: at.attributes(), UpdateExpression: &e.Update, ConditionExpression: e.condition(),
		ExpressionAttributeNames: e.Names, ExpressionAttributeValues: e.Values,
		ReturnValues: types.ReturnValueAllNew, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, once)
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return failed.Item, ErrRefused
	}
	if problem.IsWrongTable(err) {
		return nil, err
	}
	if err != nil {
		err = fmt.Errorf("update item: %w", err)
		if faultOf(err) == throttled {
			return nil, problem.Throttled(err)
		}
		return nil, problem.Busy(err)
	}
	return out.Attributes, nil
}

// condition returns the condition, nil if there is none.
func (e Expression) condition() *string {
	if e.Condition == "" {
		return nil
	}
	return &e.Condition
}

// once disables the SDK's retries, whatever the client's configuration.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }
