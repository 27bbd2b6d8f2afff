package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Update is a change of some attributes of an item. What it does not name stays as it is, unread.
type Update struct {
	Set    Item
	Copy   map[string]string // to an attribute, from another one as it was before the update
	Remove []string
}

// Update updates an item if it has the values, or else is ErrStale.
func (tx *Transaction) Update(at Key, has Item, u Update) {
	condition, names, values := equal(has)
	var sets, removes []string
	for i, a := range slices.Sorted(maps.Keys(u.Set)) {
		n, v := fmt.Sprintf("#s%d", i), fmt.Sprintf(":s%d", i)
		names[n], values[v] = a, u.Set[a]
		sets = append(sets, n+" = "+v)
	}
	for i, a := range slices.Sorted(maps.Keys(u.Copy)) {
		to, from := fmt.Sprintf("#t%d", i), fmt.Sprintf("#f%d", i)
		names[to], names[from] = a, u.Copy[a]
		sets = append(sets, to+" = "+from)
	}
	for i, a := range u.Remove {
		n := fmt.Sprintf("#r%d", i)
		names[n] = a
		removes = append(removes, n)
	}
	var clauses []string
	if len(sets) > 0 {
		clauses = append(clauses, "SET "+strings.Join(sets, ", "))
	}
	if len(removes) > 0 {
		clauses = append(clauses, "REMOVE "+strings.Join(removes, ", "))
	}
	tx.add(ErrStale, types.TransactWriteItem{Update: &types.Update{
		Key: at.attributes(), UpdateExpression: aws.String(strings.Join(clauses, " ")), ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}

// PutWhere writes an item over the one that is there if that one has the values, or else is
// ErrStale.
func (tx *Transaction) PutWhere(item, has Item) {
	condition, names, values := equal(has)
	tx.add(ErrStale, types.TransactWriteItem{Put: &types.Put{
		Item: item, ConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}})
}
