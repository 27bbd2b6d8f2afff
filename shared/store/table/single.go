package table

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Add adds to numbers of an item, which is made where there is none, and sets attributes. It is one
// write by itself, tried once: a second attempt might add twice. Unwritten tells of its errors
// whether there may be one.
//
// A transaction could be repeated, by its token, but costs twice as much, and those that meet at an
// item refuse each other, where updates follow each other.
func (t *Table) Add(ctx context.Context, at Key, amounts map[string]int, set Item) error {
	w := newWords()
	if err := t.updateSingle(ctx, at, w.update(Update{Add: amounts, Set: set}), nil, w); err != nil {
		return fmt.Errorf("add to an item: %w", err)
	}
	return nil
}

// MaxSkew is how far the clocks of two environments may be apart. A time that lies further ahead was
// written by a clock that is wrong.
const MaxSkew = time.Minute

// SetLater sets attributes of an item, which is made where there is none, unless the time that it has
// in the attribute is as late already. A time that lies further ahead than clocks may be apart gives
// way, and so does an item past its time to live. It is one write by itself, tried once; it may be
// repeated.
func (t *Table) SetLater(ctx context.Context, at Key, attribute string, to time.Time, set Item) error {
	set = maps.Clone(set)
	if set == nil {
		set = Item{}
	}
	set.SetTime(attribute, to)
	w := newWords()
	n, v := w.name(attribute), w.value(set[attribute])
	now, ahead := t.now(), Item{}
	ahead.SetTime(attribute, now.Add(MaxSkew))
	condition := "attribute_not_exists(" + n + ") OR " + n + " < " + v + " OR " + n + " > " + w.value(ahead[attribute]) + " OR " + w.expired(now)
	err := t.updateSingle(ctx, at, w.update(Update{Set: set}), &condition, w)
	if _, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return nil
	}
	if err != nil {
		return fmt.Errorf("set a time of an item: %w", err)
	}
	return nil
}

// updateSingle makes one update, which is no part of a transaction.
func (t *Table) updateSingle(ctx context.Context, at Key, update, condition *string, w words) error {
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: at.attributes(), UpdateExpression: update, ConditionExpression: condition,
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	})
	return err
}

// Unwritten reports whether the error says that nothing was written: DynamoDB refused the request, or
// it never got there. Of any other error nobody knows.
func Unwritten(err error) bool {
	if refused, ok := errors.AsType[smithy.APIError](err); ok && refused.ErrorFault() == smithy.FaultClient {
		return true
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		if status := answer.HTTPStatusCode(); status >= 400 && status < 500 {
			return true
		}
	}
	broken, ok := errors.AsType[*net.OpError](err)
	return ok && broken.Op == "dial"
}
