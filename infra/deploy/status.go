package main

import (
	"context"
	"maps"
	"slices"
)

// status prints what is deployed.
func (s *session) status(ctx context.Context) error {
	found, err := s.existing(ctx)
	if err != nil {
		return err
	}
	s.say("stack %s in %s: %s", s.stack, s.config.Region, found.status)
	for _, name := range slices.Sorted(maps.Keys(found.outputs)) {
		s.say("  %-20s %s", name, found.outputs[name])
	}
	return nil
}
