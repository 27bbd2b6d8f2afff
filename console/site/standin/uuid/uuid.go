// Package uuid takes the place of google/uuid in the console's program: go-app wants a random id, and nothing reads its form.
package uuid

import "crypto/rand"

// NewString returns a random text.
func NewString() string { return rand.Text() }
