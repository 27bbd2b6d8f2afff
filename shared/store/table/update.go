package table

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Update changes some attributes of an item and leaves the others as they are.
type Update struct {
	Set    Item
	Copy   map[string]string // destination to source; copies the value from before the update
	Remove []string
	Add    map[string]int // to numbers; a missing one counts as 0
}

// Update updates an item if it has the values. Otherwise the commit returns ErrStale.
func (tx *Transaction) Update(at Key, has Item, u Update) { tx.update(at, has, u, ErrStale) }

// Set sets attributes of an item. It creates the item if there is none.
func (tx *Transaction) Set(at Key, set Item) { tx.update(at, nil, Update{Set: set}, nil) }

// Add adds to numbers of an item. It creates the item if there is none.
func (tx *Transaction) Add(at Key, amounts map[string]int) {
	tx.update(at, nil, Update{Add: amounts}, nil)
}

func (tx *Transaction) update(at Key, has Item, u Update, refusal error) {
	w := newWords()
	tx.add(refusal, types.TransactWriteItem{Update: &types.Update{
		Key: at.attributes(), UpdateExpression: w.update(u), ConditionExpression: w.equal(has),
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	}})
}

// update returns the update expression.
func (w words) update(u Update) *string {
	var sets, removes, adds []string
	for _, a := range slices.Sorted(maps.Keys(u.Set)) {
		sets = append(sets, w.name(a)+" = "+w.value(u.Set[a]))
	}
	for _, a := range slices.Sorted(maps.Keys(u.Copy)) {
		sets = append(sets, w.name(a)+" = "+w.name(u.Copy[a]))
	}
	for _, a := range u.Remove {
		removes = append(removes, w.name(a))
	}
	for _, a := range slices.Sorted(maps.Keys(u.Add)) {
		adds = append(adds, w.name(a)+" "+w.value(number(int64(u.Add[a]))))
	}
	return clauses(clause{"SET", sets}, clause{"REMOVE", removes}, clause{"ADD", adds})
}
