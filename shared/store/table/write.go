package table

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Insert adds a new item. The commit returns refusal if the item exists.
func (tx *Transaction) Insert(item Item, refusal error) {
	tx.add(refusal, types.TransactWriteItem{Put: &types.Put{Item: item}})
	tx.inserts = append(tx.inserts, len(tx.items)-1)
}

// setInserts sets the conditions of inserted items: the item does not exist or has expired.
func (tx *Transaction) setInserts(now time.Time) {
	for _, i := range tx.inserts {
		w := newWords()
		put := tx.items[i].Put
		put.ConditionExpression = aws.String("attribute_not_exists(" + PK + ") OR " + w.expired(now))
		put.ExpressionAttributeNames, put.ExpressionAttributeValues = w.names, w.values
	}
}

// Put writes an item, replacing an existing one.
func (tx *Transaction) Put(item Item) {
	tx.add(nil, types.TransactWriteItem{Put: &types.Put{Item: item}})
}

// PutWhere replaces an item if it has the values. Otherwise the commit returns ErrStale.
func (tx *Transaction) PutWhere(item, has Item) {
	w := newWords()
	tx.add(ErrStale, types.TransactWriteItem{Put: &types.Put{
		Item: item, ConditionExpression: w.equal(has), ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	}})
}

// Replace replaces an item if its version attribute equals version. Otherwise the commit returns ErrStale.
func (tx *Transaction) Replace(item Item, attribute string, version int) {
	tx.PutWhere(item, Item{attribute: number(int64(version))})
}

// Delete removes an item. The commit returns ErrStale if there is none.
func (tx *Transaction) Delete(at Key) {
	tx.add(ErrStale, types.TransactWriteItem{Delete: &types.Delete{
		Key: at.attributes(), ConditionExpression: aws.String("attribute_exists(pk)"),
	}})
}

// Remove removes an item if it exists.
func (tx *Transaction) Remove(at Key) {
	tx.add(nil, types.TransactWriteItem{Delete: &types.Delete{Key: at.attributes()}})
}

// DeleteWhere removes an item if it has the values. Otherwise the commit returns ErrStale.
func (tx *Transaction) DeleteWhere(at Key, has Item) {
	w := newWords()
	tx.add(ErrStale, types.TransactWriteItem{Delete: &types.Delete{
		Key: at.attributes(), ConditionExpression: w.equal(has), ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	}})
}
