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

// Expression is an update of one item under a condition, in DynamoDB's words. Attributes are named
// by what Names holds for them, values by what Values does.
type Expression struct {
	Update    string
	Condition string // empty: none
	Names     map[string]string
	Values    Item
}

// ErrRefused is what a failed condition of an Expression means.
var ErrRefused = errors.New("the condition failed")

// UpdateOnce updates an item, which is made where there is none, and returns it as it is then. Where
// the condition fails it returns the item as it is, nil where there is none, and ErrRefused.
//
// It is tried once and never again: an update that adds is not the same when it is done twice. Any
// other error is problem.Unavailable, and leaves it open whether the update was made.
func (t *Table) UpdateOnce(ctx context.Context, at Key, e Expression) (Item, error) {
	out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: at.attributes(), UpdateExpression: &e.Update, ConditionExpression: e.condition(),
		ExpressionAttributeNames: e.Names, ExpressionAttributeValues: e.Values,
		ReturnValues: types.ReturnValueAllNew, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, once)
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return failed.Item, ErrRefused
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

// condition returns the condition, nil where there is none.
func (e Expression) condition() *string {
	if e.Condition == "" {
		return nil
	}
	return &e.Condition
}

// once keeps the SDK from trying again, whatever the client was made with.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }
