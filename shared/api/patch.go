package api

import (
	"bytes"
	"encoding/json"
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

// UnmarshalJSON reads a new value or null.
func (p *Patch[T]) UnmarshalJSON(text []byte) error {
	*p = Patch[T]{given: true}
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	p.value = new(T)
	return json.Unmarshal(text, p.value)
}
