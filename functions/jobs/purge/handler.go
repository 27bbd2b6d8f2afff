package main

import (
	"context"
	"errors"
	"time"
)

// handler purges one noun after the other: an Arx goes when its keys are gone, and counts go when
// their Arx is.
type handler []purger

type purger interface {
	Purge(ctx context.Context, now time.Time) (int, error)
}

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
