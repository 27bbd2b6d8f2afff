package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// logs prints the log lines of a function, or of everything, and follows them.
func (s *session) logs(ctx context.Context) error {
	if _, err := s.existing(ctx); err != nil {
		return err
	}
	args := []string{"logs", "--stack-name", s.stack, "--region", s.config.Region, "--start-time", cmp.Or(s.env("SINCE"), "10min") + " ago"}
	if name := s.env("FUNCTION"); name != "" {
		id, err := s.functionID(name)
		if err != nil {
			return err
		}
		args = append(args, "--name", id)
	}
	if s.env("FOLLOW") != "no" {
		args = append(args, "--tail")
	}
	err := s.show(ctx, "sam", args...)
	if ctx.Err() != nil { // Ctrl-C is how following ends
		return nil
	}
	return err
}

// functionID returns the logical id of the function with the name, in one of its forms: keys/verify, keys.verify or
// KeysVerifyFunction.
func (s *session) functionID(name string) (string, error) {
	t, err := s.template()
	if err != nil {
		return "", err
	}
	var names []string
	for id, r := range t.Resources {
		folder, ok := strings.CutPrefix(r.Properties.CodeURI, "build/functions/")
		if !ok {
			continue
		}
		if strings.EqualFold(name, id) || strings.EqualFold(strings.ReplaceAll(name, ".", "/"), folder) {
			return id, nil
		}
		names = append(names, folder)
	}
	slices.Sort(names)
	return "", fmt.Errorf("there is no function %s: FUNCTION is one of %s", name, strings.Join(names, ", "))
}
