package api

import (
	"encoding/json"
	"errors"
)

// Patch is a field of a JSON merge patch (RFC 7396): left out it changes nothing, null takes the
// value away, and anything else is the new value. The zero Patch is one that was left out; in a
// request its tag says omitzero.
type Patch[T any] struct {
	given bool
	value *T
}

// Set returns the patch to a new value.
func Set[T any](value T) Patch[T] { return Patch[T]{given: true, value: &value} }

// Remove returns the patch that takes the value away.
func Remove[T any]() Patch[T] { return Patch[T]{given: true} }

// Differing returns the patch that makes one value of another: left out where they are the same.
func Differing[T comparable](from, to T) Patch[T] {
	if to == from {
		return Patch[T]{}
	}
	return Set(to)
}

// DifferingText is Differing for a text that may be taken away: an empty one is none.
func DifferingText(from, to string) Patch[string] {
	if to == "" && from != "" {
		return Remove[string]()
	}
	return Differing(from, to)
}

// IsZero reports whether the field was left out.
func (p Patch[T]) IsZero() bool { return !p.given }

// Removes reports whether the field is null.
func (p Patch[T]) Removes() bool { return p.given && p.value == nil }

// Get returns the new value; the zero value and false where there is none, because the field was
// left out or is null.
func (p Patch[T]) Get() (value T, ok bool) {
	if p.value == nil {
		return value, false
	}
	return *p.value, true
}

// Apply returns what the patch makes of the value: the same, the new one, or, taken away, the zero
// value.
func (p Patch[T]) Apply(to T) T {
	if !p.given {
		return to
	}
	value, _ := p.Get()
	return value
}

// MarshalJSON writes the new value or null.
func (p Patch[T]) MarshalJSON() ([]byte, error) { return json.Marshal(p.value) }

// Begin makes the patch one that was given, and returns the pointer that a value is decoded into. Take
// sets null. They are for the decoder of requests, which decodes values in patches by the same rules as
// those beside them.
func (p *Patch[T]) Begin() (value any) {
	*p = Patch[T]{given: true, value: new(T)}
	return p.value
}

// Take makes the patch one that takes the value away.
func (p *Patch[T]) Take() { *p = Remove[T]() }

// UnmarshalJSON fails: a patch that decoded itself would follow other rules than the rest of the request.
func (p *Patch[T]) UnmarshalJSON([]byte) error {
	return errors.New("a patch is decoded by lambdahttp")
}
