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
// in the attribute is later. A time that lies further ahead than clocks may be apart gives
// way, and so does an item past its time to live. It is one write by itself, tried once; it may be
// repeated.
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

// later is the condition that a time of an item is not after another one, not there, or further ahead of now
// than clocks may be apart.
func (w words) later(attribute string, to, now time.Time) string {
	n := w.name(attribute)
	return "attribute_not_exists(" + n + ") OR " + n + " <= " + w.value(number(to.UnixMilli())) + " OR " + n + " > " + w.value(number(now.Add(MaxSkew).UnixMilli()))
}

// Later is a time that an item is to have, unless the one that it has is later, with what goes with it.
type Later struct {
	Attribute string
	To        time.Time
	With      Item
}

// isFor reports whether the time is to be set in the item, by the condition that words.later is.
func (l Later) isFor(item Item, now time.Time) bool {
	has, ok := item.int64(l.Attribute)
	return !ok || has <= l.To.UnixMilli() || has > now.Add(MaxSkew).UnixMilli()
}

// AddLater adds to numbers of an item, which is made where there is none and has no time to live, sets the
// times for which it has no later one, and returns the item as it is then.
//
// It is one update, or one more without those times for which the item has a later one. Others may set them
// meanwhile: of two times, it makes three updates at most. The one that adds is tried once, as that of Add,
// and Unwritten tells of its errors too.
func (t *Table) AddLater(ctx context.Context, at Key, amounts map[string]int, times ...Later) (item Item, err error) {
	for now := t.now(); len(amounts)+len(times) > 0; {
		item, err = t.UpdateOnce(ctx, at, addLater(amounts, times, now))
		if !errors.Is(err, ErrRefused) {
			return item, err
		}
		left := slices.DeleteFunc(slices.Clone(times), func(l Later) bool { return !l.isFor(item, now) })
		if len(left) == len(times) {
			return nil, fmt.Errorf("add to %s %s: a condition fails on an item that meets it", at.PK, at.SK)
		}
		times = left
	}
	return item, nil
}

// addLater is the update that sets all of the times, or is refused.
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
