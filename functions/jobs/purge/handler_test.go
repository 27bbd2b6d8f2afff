package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

// noun has so many to purge, or fails.
type noun struct {
	many int
	err  error
}

func (n noun) Purge(context.Context, time.Time) (int, error) { return n.many, n.err }

func TestNounThatFailsHoldsUpNone(t *testing.T) {
	broken := errors.New("broken")
	n, err := handler{noun{many: 2}, noun{many: 1, err: broken}, noun{many: 4}}.purge(t.Context(), time.Now())
	if n != 7 || !errors.Is(err, broken) {
		t.Errorf("%d, %v, want 7 and what broke", n, err)
	}
}
