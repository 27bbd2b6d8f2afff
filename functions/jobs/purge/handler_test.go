package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

// noun is a purger that purges a number of records, or fails.
type noun struct {
	many int
	err  error
}

func (n noun) Purge(context.Context, time.Time) (int, error) { return n.many, n.err }

func TestFailingPurgerDoesNotStopTheOthers(t *testing.T) {
	broken := errors.New("broken")
	n, err := handler{noun{many: 2}, noun{many: 1, err: broken}, noun{many: 4}}.purge(t.Context(), time.Now())
	if n != 7 || !errors.Is(err, broken) {
		t.Errorf("%d, %v, want 7 and the error", n, err)
	}
}
