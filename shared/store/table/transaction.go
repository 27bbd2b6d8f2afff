package table

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
}

// ErrStale is what a failed condition means where somebody else changed the item meanwhile: read
// again, decide again.
var ErrStale = errors.New("changed meanwhile")

// Insert adds an item. The refusal is the answer where there is one already.
func (tx *Transaction) Insert(item Item, refusal error) {
	tx.add(refusal, types.TransactWriteItem{Put: &types.Put{
		Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}})
}

// InsertUntil adds an item that holds until a time, which the attribute tells in milliseconds. The
// refusal is the answer where there is one already that still holds at now.
func (tx *Transaction) InsertUntil(item Item, attribute string, now time.Time, refusal error) {
	tx.add(refusal, types.TransactWriteItem{Put: &types.Put{
		Item: item, ConditionExpression: aws.String("attribute_not_exists(pk) OR #until <= :now"),
		ExpressionAttributeNames:  map[string]string{"#until": attribute},
		ExpressionAttributeValues: Item{":now": number(now.UnixMilli())},
	}})
}

// Put writes an item, whatever there was.
func (tx *Transaction) Put(item Item) {
	tx.add(nil, types.TransactWriteItem{Put: &types.Put{Item: item}})
}

// Replace writes an item over the one that is there. It is ErrStale if that one's version, in the
// attribute, is not the number.
func (tx *Transaction) Replace(item Item, attribute string, version int) {
	tx.add(ErrStale, types.TransactWriteItem{Put: &types.Put{
		Item: item, ConditionExpression: aws.String("#v = :v"),
		ExpressionAttributeNames:  map[string]string{"#v": attribute},
		ExpressionAttributeValues: Item{":v": number(int64(version))},
	}})
}

// Delete removes an item. It is ErrStale if there is none.
func (tx *Transaction) Delete(at Key) {
	tx.add(ErrStale, types.TransactWriteItem{Delete: &types.Delete{
		Key: at.attributes(), ConditionExpression: aws.String("attribute_exists(pk)"),
	}})
}

// Remove removes an item, if there is one.
func (tx *Transaction) Remove(at Key) {
	tx.add(nil, types.TransactWriteItem{Delete: &types.Delete{Key: at.attributes()}})
}

// DeleteWhere removes an item if its attributes have the values, or else is ErrStale.
func (tx *Transaction) DeleteWhere(at Key, has Item) {
	condition, names, values := equal(has)
	tx.add(ErrStale, types.TransactWriteItem{Delete: &types.Delete{
		Key: at.attributes(), ConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}

// UpdateWhere sets attributes of an item, and removes others, if it has the values. The refusal is
// the answer where it has not.
func (tx *Transaction) UpdateWhere(at Key, has, set Item, remove []string, refusal error) {
	condition, names, values := equal(has)
	var sets, removes []string
	for i, a := range slices.Sorted(maps.Keys(set)) {
		n, v := fmt.Sprintf("#s%d", i), fmt.Sprintf(":s%d", i)
		names[n], values[v] = a, set[a]
		sets = append(sets, n+" = "+v)
	}
	for i, a := range remove {
		n := fmt.Sprintf("#r%d", i)
		names[n] = a
		removes = append(removes, n)
	}
	update := "SET " + strings.Join(sets, ", ")
	if len(removes) > 0 {
		update += " REMOVE " + strings.Join(removes, ", ")
	}
	tx.add(refusal, types.TransactWriteItem{Update: &types.Update{
		Key: at.attributes(), UpdateExpression: &update, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}

// Set sets attributes of an item, which is made where there is none.
func (tx *Transaction) Set(at Key, set Item) {
	names, values := map[string]string{}, Item{}
	var parts []string
	for i, a := range slices.Sorted(maps.Keys(set)) {
		n, v := fmt.Sprintf("#s%d", i), fmt.Sprintf(":s%d", i)
		names[n], values[v] = a, set[a]
		parts = append(parts, n+" = "+v)
	}
	tx.add(nil, types.TransactWriteItem{Update: &types.Update{
		Key: at.attributes(), UpdateExpression: aws.String("SET " + strings.Join(parts, ", ")),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}

// equal is the condition that an item has the values.
func equal(has Item) (condition string, names map[string]string, values Item) {
	names, values = map[string]string{}, Item{}
	var parts []string
	for i, a := range slices.Sorted(maps.Keys(has)) {
		n, v := fmt.Sprintf("#h%d", i), fmt.Sprintf(":h%d", i)
		names[n], values[v] = a, has[a]
		parts = append(parts, n+" = "+v)
	}
	return strings.Join(parts, " AND "), names, values
}

// Add adds to numbers of an item, which is made where there is none.
func (tx *Transaction) Add(at Key, amounts map[string]int) {
	names, values := map[string]string{}, Item{}
	var parts []string
	for i, a := range slices.Sorted(maps.Keys(amounts)) {
		n, v := fmt.Sprintf("#a%d", i), fmt.Sprintf(":a%d", i)
		names[n], values[v] = a, number(int64(amounts[a]))
		parts = append(parts, n+" "+v)
	}
	tx.add(nil, types.TransactWriteItem{Update: &types.Update{
		Key: at.attributes(), UpdateExpression: aws.String("ADD " + strings.Join(parts, ", ")),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}

// AddWhere adds to numbers of an item if it has the values, or else is ErrStale.
func (tx *Transaction) AddWhere(at Key, has Item, amounts map[string]int) {
	tx.Add(at, amounts)
	update := tx.items[len(tx.items)-1].Update
	condition, names, values := equal(has)
	update.ConditionExpression = &condition
	maps.Copy(update.ExpressionAttributeNames, names)
	maps.Copy(update.ExpressionAttributeValues, values)
	tx.refusals[len(tx.refusals)-1] = ErrStale
}

func (tx *Transaction) add(refusal error, item types.TransactWriteItem) {
	tx.items, tx.refusals = append(tx.items, item), append(tx.refusals, refusal)
}

// transactionBudget is how long a transaction is tried where its context ends later: long enough
// for hundreds at once to get through, one after the other.
const transactionBudget = 20 * time.Second

// Commit makes the change. The answer to a failed condition is its refusal, the first one's where
// several failed. It is safe where the connection breaks after the change was made: the attempts
// carry one token, by which DynamoDB knows them for the same (for ten minutes).
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
	in := &dynamodb.TransactWriteItemsInput{TransactItems: tx.items, ClientRequestToken: aws.String(rand.Text())}
	same := identical()
	err := retryFor(ctx, transactionBudget, func(ctx context.Context) error {
		_, err := t.client.TransactWriteItems(ctx, in, same)
		return err
	})
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

// Attempt calls do again as long as it is ErrStale, a few times: each time with what is there now.
func Attempt(do func() error) error {
	for range 5 {
		if err := do(); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return problem.Busy(ErrStale)
}
