package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// words are the placeholders of attributes and values in the expressions of one call. DynamoDB requires
// placeholders for attributes whose names are reserved words.
type words struct {
	names  map[string]string // attributes, by placeholder
	values Item              // by placeholder
}

func newWords() words { return words{map[string]string{}, Item{}} }

// name returns the placeholder of the attribute.
func (w words) name(attribute string) string {
	for n, a := range w.names {
		if a == attribute {
			return n
		}
	}
	n := fmt.Sprintf("#n%d", len(w.names))
	w.names[n] = attribute
	return n
}

// value returns the placeholder of the value.
func (w words) value(v types.AttributeValue) string {
	n := fmt.Sprintf(":v%d", len(w.values))
	w.values[n] = v
	return n
}

// equal returns the condition that an item has the values, or nil if there are none.
func (w words) equal(has Item) *string {
	var parts []string
	for _, a := range slices.Sorted(maps.Keys(has)) {
		parts = append(parts, w.name(a)+" = "+w.value(has[a]))
	}
	if len(parts) == 0 {
		return nil
	}
	condition := strings.Join(parts, " AND ")
	return &condition
}

// clause is a clause of an update expression, such as SET with its parts.
type clause struct {
	keyword string
	parts   []string
}

// clauses joins the clauses that have parts.
func clauses(of ...clause) *string {
	var all []string
	for _, c := range of {
		if len(c.parts) > 0 {
			all = append(all, c.keyword+" "+strings.Join(c.parts, ", "))
		}
	}
	update := strings.Join(all, " ")
	return &update
}
