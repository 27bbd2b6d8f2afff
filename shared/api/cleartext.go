package api

import (
	"log/slog"
	"reflect"
)

// ClearText is an access key or a management key on the wire. JSON holds it in clear, because the
// wire is where it is handed over; whatever prints or logs it gets a placeholder.
type ClearText string

const redacted = "[access key]"

// String redacts.
func (ClearText) String() string { return redacted }

// GoString redacts.
func (ClearText) GoString() string { return redacted }

// LogValue redacts.
func (ClearText) LogValue() slog.Value { return slog.StringValue(redacted) }

// HoldsClearText reports whether values of the type may hold an access key or a management key.
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
