package main

import (
	"context"
	"errors"
	"time"
)

// handler purges one kind of record after the other, in this order: an Arx is purged once its keys are, and
// counts once their Arx is.
type handler []purger

type purger interface {
	Purge(ctx context.Context, now time.Time) (int, error)
}

// An error of one kind must not stop the others.
func (h handler) purge(ctx context.Context, now time.Time) (int, error) {
	purged := 0
	var errs []error
	for _, noun := range h {
		n, err := noun.Purge(ctx, now)
		purged += n
		errs = append(errs, err)
	}
	return purged, errors.Join(errs...)
}
