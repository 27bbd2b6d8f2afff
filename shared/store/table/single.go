package table

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Add adds to numbers of an item and sets attributes. It creates the item if there is none. It is a single
// write, attempted once, because a second attempt might add twice. Unwritten reports whether an error
// leaves the item unchanged.
//
// A transaction with a token could be repeated, but costs twice as much; and concurrent transactions on an
// item fail, while concurrent updates are serialized.
func (t *Table) Add(ctx context.Context, at Key, amounts map[string]int, set Item) error {
	w := newWords()
	if err := t.updateSingle(ctx, at, w.update(Update{Add: amounts, Set: set}), nil, w); err != nil {
		return fmt.Errorf("add to an item: %w", err)
	}
	return nil
}

// MaxSkew is the largest expected difference between the clocks of two environments. A time further ahead
// was written by a wrong clock.
const MaxSkew = time.Minute

// SetLater sets a time and other attributes of an item, unless the stored time is later. It creates the
// item if there is none. It overwrites a stored time that is more than MaxSkew ahead, and an expired item.
// It is a single write, attempted once; the caller may repeat it.
func (t *Table) SetLater(ctx context.Context, at Key, attribute string, to time.Time, set Item) error {
	set = maps.Clone(set)
	if set == nil {
		set = Item{}
	}
	set.SetTime(attribute, to)
	w, now := newWords(), t.now()
	condition := w.later(attribute, to, now) + " OR " + w.expired(now)
	err := t.updateSingle(ctx, at, w.update(Update{Set: set}), &condition, w)
	if _, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return nil
	}
	if err != nil {
		return fmt.Errorf("set a time of an item: %w", err)
	}
	return nil
}

// later returns the condition that an item's time is missing, not after to, or more than MaxSkew ahead of
// now.
func (w words) later(attribute string, to, now time.Time) string {
	n := w.name(attribute)
	return "attribute_not_exists(" + n + ") OR " + n + " <= " + w.value(number(to.UnixMilli())) + " OR " + n + " > " + w.value(number(now.Add(MaxSkew).UnixMilli()))
}

// Later is a time to set in an item unless the stored one is later, with the attributes that accompany it.
type Later struct {
	Attribute string
	To        time.Time
	With      Item
}

// isFor reports whether the time should be set in the item, by the same condition as words.later.
func (l Later) isFor(item Item, now time.Time) bool {
	has, ok := item.int64(l.Attribute)
	return !ok || has <= l.To.UnixMilli() || has > now.Add(MaxSkew).UnixMilli()
}

// AddLater adds to numbers of an item without a time to live, sets those times that are later than the
// stored ones, and returns the updated item. It creates the item if there is none.
//
// It makes one update, and another one without the times for which the item has a later one. Concurrent
// writers may set them in between: with two times, it makes at most three updates. As with Add, the update
// that adds is attempted once, and Unwritten classifies its errors.
func (t *Table) AddLater(ctx context.Context, at Key, amounts map[string]int, times ...Later) (item Item, err error) {
	for now := t.now(); len(amounts)+len(times) > 0; {
		item, err = t.UpdateOnce(ctx, at, addLater(amounts, times, now))
		if !errors.Is(err, ErrRefused) {
			return item, err
		}
		left := slices.DeleteFunc(slices.Clone(times), func(l Later) bool { return !l.isFor(item, now) })
		if len(left) == len(times) {
			return nil, fmt.Errorf("add to %s %s: the condition failed although the item meets it", at.PK, at.SK)
		}
		times = left
	}
	return item, nil
}

// addLater returns the update that sets all of the times, or is refused.
func addLater(amounts map[string]int, times []Later, now time.Time) Expression {
	w, set := newWords(), Item{}
	var conditions []string
	for _, l := range times {
		set.SetTime(l.Attribute, l.To)
		maps.Copy(set, l.With)
		conditions = append(conditions, "("+w.later(l.Attribute, l.To, now)+")")
	}
	update := w.update(Update{Add: amounts, Set: set})
	return Expression{Update: *update, Condition: strings.Join(conditions, " AND "), Names: w.names, Values: w.values}
}

// updateSingle makes one update outside a transaction.
func (t *Table) updateSingle(ctx context.Context, at Key, update, condition *string, w words) error {
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: at.attributes(), UpdateExpression: update, ConditionExpression: condition,
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	})
	return err
}

// Unwritten reports whether the error means that nothing was written: DynamoDB refused the request, or
// never received it. After any other error the write may have been made.
func Unwritten(err error) bool {
	if problem.IsWrongTable(err) || errors.Is(err, errUnwritten) {
		return true
	}
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
