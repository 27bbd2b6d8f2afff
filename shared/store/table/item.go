package table

import (
	"maps"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is what lies at a key. Its setters leave zero values out and its getters read what is not
// there as the zero value, so that a row stays slim and an older item can be read.
type Item map[string]types.AttributeValue

// NewItem returns an item that holds its key alone.
func NewItem(at Key) Item { return at.attributes() }

// At returns a copy of the item for another key.
func (i Item) At(key Key) Item {
	c := maps.Clone(i)
	maps.Copy(c, key.attributes())
	return c
}

// Without returns a copy of the item that lacks the attributes.
func (i Item) Without(attributes ...string) Item {
	c := maps.Clone(i)
	for _, a := range attributes {
		delete(c, a)
	}
	return c
}

// Key returns where the item lies.
func (i Item) Key() Key { return Key{i.String(PK), i.String(SK)} }

// SortKey returns the item's sort key.
func (i Item) SortKey() string { return i.String(SK) }

// SetString sets a text.
func (i Item) SetString(attribute, value string) {
	if value != "" {
		i[attribute] = text(value)
	}
}

// String returns a text.
func (i Item) String(attribute string) string {
	if v, ok := i[attribute].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// SetInt sets a whole number.
func (i Item) SetInt(attribute string, value int) {
	if value != 0 {
		i[attribute] = number(int64(value))
	}
}

// SetOptionalInt sets a whole number that need not be there. Zero is one.
func (i Item) SetOptionalInt(attribute string, value *int) {
	if value != nil {
		i[attribute] = number(int64(*value))
	}
}

// OptionalInt returns a whole number, nil where there is none.
func (i Item) OptionalInt(attribute string) *int {
	if n, ok := i.int64(attribute); ok {
		value := int(n)
		return &value
	}
	return nil
}

// Int returns a whole number.
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

// SetTime sets a time, as milliseconds since 1970.
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

// PastTime returns a time in UTC that has come by now. One that lies ahead, by the clock of whoever
// wrote it, is now.
func (i Item) PastTime(attribute string, now time.Time) time.Time {
	if t := i.Time(attribute); !t.After(now) {
		return t
	}
	return now.UTC()
}

// SetOptionalTime sets a time that need not be there.
func (i Item) SetOptionalTime(attribute string, value *time.Time) {
	if value != nil {
		i[attribute] = number(value.UnixMilli())
	}
}

// OptionalTime returns a time in UTC, nil where there is none.
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

// Bytes returns bytes, nil where there are none.
func (i Item) Bytes(attribute string) []byte {
	if v, ok := i[attribute].(*types.AttributeValueMemberB); ok {
		return v.Value
	}
	return nil
}

// SetStrings sets texts. Their order is kept.
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

// Strings returns texts, nil where there are none.
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
