package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// words are what stands for attributes and values in the expressions of one call. An attribute that
// is called like one of DynamoDB's own words could not stand there itself.
type words struct {
	names  map[string]string // attributes, by what stands for them
	values Item              // by what stands for them
}

func newWords() words { return words{map[string]string{}, Item{}} }

// name returns what stands for the attribute.
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

// value returns what stands for the value.
func (w words) value(v types.AttributeValue) string {
	n := fmt.Sprintf(":v%d", len(w.values))
	w.values[n] = v
	return n
}

// equal is the condition that an item has the values; nil where there are none.
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

// clause is a part of an update, such as all that it sets.
type clause struct {
	keyword string
	parts   []string
}

// clauses joins those that have a part.
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
