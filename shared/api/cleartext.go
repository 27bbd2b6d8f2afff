package api

import (
	"reflect"
)

// ClearText is an access key or a management key in a request or response. It is encoded in JSON as it is,
// but printed and logged as a placeholder.
type ClearText string

const redacted = "[access key]"

// String returns a placeholder.
func (ClearText) String() string { return redacted }

// GoString returns a placeholder.
func (ClearText) GoString() string { return redacted }

// HoldsClearText reports whether values of the type may contain an access key or a management key.
func HoldsClearText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return HoldsClearText(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if HoldsClearText(t.Field(i).Type) {
				return true
			}
		}
	}
	return t == reflect.TypeFor[ClearText]()
}
