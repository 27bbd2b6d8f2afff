package table

import (
	"maps"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item of the table. Its setters omit zero values, and its getters return the zero value for a
// missing attribute, so that items stay small and older items can be read.
type Item map[string]types.AttributeValue

// NewItem returns an item with only its key.
func NewItem(at Key) Item { return at.attributes() }

// At returns a copy of the item for another key.
func (i Item) At(key Key) Item {
	c := maps.Clone(i)
	maps.Copy(c, key.attributes())
	return c
}

// Without returns a copy of the item without the attributes.
func (i Item) Without(attributes ...string) Item {
	c := maps.Clone(i)
	for _, a := range attributes {
		delete(c, a)
	}
	return c
}

// Key returns the item's key.
func (i Item) Key() Key { return Key{i.String(PK), i.String(SK)} }

// SortKey returns the item's sort key.
func (i Item) SortKey() string { return i.String(SK) }

// SetString sets a string.
func (i Item) SetString(attribute, value string) {
	if value != "" {
		i[attribute] = text(value)
	}
}

// String returns a string.
func (i Item) String(attribute string) string {
	if v, ok := i[attribute].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// SetInt sets an integer.
func (i Item) SetInt(attribute string, value int) {
	if value != 0 {
		i[attribute] = number(int64(value))
	}
}

// SetOptionalInt sets an optional integer. Zero is a value.
func (i Item) SetOptionalInt(attribute string, value *int) {
	if value != nil {
		i[attribute] = number(int64(*value))
	}
}

// OptionalInt returns an optional integer, nil if it is missing.
func (i Item) OptionalInt(attribute string) *int {
	if n, ok := i.int64(attribute); ok {
		value := int(n)
		return &value
	}
	return nil
}

// Int returns an integer.
func (i Item) Int(attribute string) int {
	n, _ := i.int64(attribute)
	return int(n)
}

func (i Item) int64(attribute string) (int64, bool) {
	v, ok := i[attribute].(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	return n, err == nil
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// SetTime sets a time, in milliseconds since 1970.
func (i Item) SetTime(attribute string, value time.Time) {
	if !value.IsZero() {
		i[attribute] = number(value.UnixMilli())
	}
}

// Time returns a time in UTC.
func (i Item) Time(attribute string) time.Time {
	if ms, ok := i.int64(attribute); ok {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}

// PastTime returns a time in UTC that is not after now. A later time, written by a faster clock, is
// returned as now.
func (i Item) PastTime(attribute string, now time.Time) time.Time {
	if t := i.Time(attribute); !t.After(now) {
		return t
	}
	return now.UTC()
}

// SetOptionalTime sets an optional time.
func (i Item) SetOptionalTime(attribute string, value *time.Time) {
	if value != nil {
		i[attribute] = number(value.UnixMilli())
	}
}

// OptionalTime returns an optional time in UTC, nil if it is missing.
func (i Item) OptionalTime(attribute string) *time.Time {
	if ms, ok := i.int64(attribute); ok {
		t := time.UnixMilli(ms).UTC()
		return &t
	}
	return nil
}

// SetBytes sets bytes.
func (i Item) SetBytes(attribute string, value []byte) {
	if len(value) > 0 {
		i[attribute] = &types.AttributeValueMemberB{Value: value}
	}
}

// Bytes returns bytes, nil if they are missing.
func (i Item) Bytes(attribute string) []byte {
	if v, ok := i[attribute].(*types.AttributeValueMemberB); ok {
		return v.Value
	}
	return nil
}

// SetStrings sets a list of strings. It preserves their order.
func (i Item) SetStrings(attribute string, values []string) {
	if len(values) == 0 {
		return
	}
	list := make([]types.AttributeValue, len(values))
	for n, v := range values {
		list[n] = text(v)
	}
	i[attribute] = &types.AttributeValueMemberL{Value: list}
}

// Strings returns a list of strings, nil if it is missing.
func (i Item) Strings(attribute string) []string {
	v, ok := i[attribute].(*types.AttributeValueMemberL)
	if !ok {
		return nil
	}
	values := make([]string, 0, len(v.Value))
	for _, e := range v.Value {
		if s, ok := e.(*types.AttributeValueMemberS); ok {
			values = append(values, s.Value)
		}
	}
	return values
}
