package api

import (
	"encoding/json"
	"errors"
)

// Patch is a field of a JSON merge patch (RFC 7396). An omitted field changes nothing, null removes the
// value, and anything else is the new value. The zero Patch is omitted; fields of this type need the JSON
// option omitzero.
type Patch[T any] struct {
	given bool
	value *T
}

// Set returns a patch that sets a new value.
func Set[T any](value T) Patch[T] { return Patch[T]{given: true, value: &value} }

// Remove returns a patch that removes the value.
func Remove[T any]() Patch[T] { return Patch[T]{given: true} }

// Differing returns a patch from one value to another, omitted if they are equal.
func Differing[T comparable](from, to T) Patch[T] {
	if to == from {
		return Patch[T]{}
	}
	return Set(to)
}

// DifferingText is Differing for an optional string, where "" means no value.
func DifferingText(from, to string) Patch[string] {
	if to == "" && from != "" {
		return Remove[string]()
	}
	return Differing(from, to)
}

// IsZero reports whether the field was omitted.
func (p Patch[T]) IsZero() bool { return !p.given }

// Removes reports whether the field is null.
func (p Patch[T]) Removes() bool { return p.given && p.value == nil }

// Get returns the new value. ok is false if there is none, because the field was omitted or is null.
func (p Patch[T]) Get() (value T, ok bool) {
	if p.value == nil {
		return value, false
	}
	return *p.value, true
}

// Apply returns the value after the patch: the same value, the new one, or the zero value if it is removed.
func (p Patch[T]) Apply(to T) T {
	if !p.given {
		return to
	}
	value, _ := p.Get()
	return value
}

// MarshalJSON encodes the new value or null.
func (p Patch[T]) MarshalJSON() ([]byte, error) { return json.Marshal(p.value) }

// Begin marks the patch as given, and returns the pointer to decode the value into. Take marks it as null.
// The decoder of requests uses both, so that values in patches follow the same rules as others.
func (p *Patch[T]) Begin() (value any) {
	*p = Patch[T]{given: true, value: new(T)}
	return p.value
}

// Take marks the patch as one that removes the value.
func (p *Patch[T]) Take() { *p = Remove[T]() }

// UnmarshalJSON always fails: with its own decoding, a patch would follow other rules than the rest of the
// request.
func (p *Patch[T]) UnmarshalJSON([]byte) error {
	return errors.New("decode a patch with Begin and Take")
}
