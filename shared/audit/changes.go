package audit

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Changes contains the changed fields with their old and new values, nil for no value.
type Changes map[string][2]any

// written returns the changes with times in the API's format, so that the stored, hashed and returned
// values are the same.
func (c Changes) written() Changes {
	out := make(Changes, len(c))
	for field, values := range c {
		for i, v := range values {
			switch at := v.(type) {
			case time.Time:
				values[i] = api.FormatTime(at)
			case *time.Time:
				if values[i] = nil; at != nil {
					values[i] = api.FormatTime(*at)
				}
			}
		}
		out[field] = values
	}
	return out
}

// Fields are the fields of a resource by name.
type Fields map[string]any

// Diff returns the fields that differ. A zero value or an empty list counts as no value.
func Diff(before, after Fields) Changes {
	changes := Changes{}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after))) {
		was, is := present(before[name]), present(after[name])
		if !reflect.DeepEqual(was, is) {
			changes[name] = [2]any{was, is}
		}
	}
	return changes
}

// present returns the value, nil if it is empty.
func present(value any) any {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid() || v.IsZero():
		return nil
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return nil
	case v.Kind() == reflect.Pointer:
		return v.Elem().Interface()
	}
	return value
}
