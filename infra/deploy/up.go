package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// up deploys the stack, or updates it. Every step can be repeated: it looks at what exists, and does the rest.
func (s *session) up(ctx context.Context) error {
	found, err := s.settle(ctx)
	if err != nil {
		return err
	}
	s.say("%s", s.plan(found))
	if s.env("BUILT") == "" {
		if err := s.build(ctx); err != nil {
			return err
		}
	}
	if found, err = s.deployStack(ctx, found); err != nil {
		return err
	}
	at, err := signIn(ctx, found)
	if err != nil {
		return err
	}
	site, err := readSite(filepath.Join(s.root, "build", "console"), at)
	if err != nil {
		return err
	}
	if err := s.upload(ctx, found.outputs["ConsoleBucket"], site); err != nil {
		return err
	}
	if err := s.firstOwner(ctx, found); err != nil {
		return err
	}
	if err := s.wait(ctx, found, site); err != nil {
		return err
	}
	s.say("%s", s.next(found))
	return nil
}

// deployStack deploys the template, and a second time if the stack needs what is known only afterwards: the address of
// the console, on which the distribution depends, and the protection of its data, with which a failed creation could not
// be rolled back.
func (s *session) deployStack(ctx context.Context, before *stack) (*stack, error) {
	overrides, err := s.overrides(ctx, before)
	if err != nil {
		return nil, err
	}
	for range 2 {
		if err := s.samDeploy(ctx, overrides); err != nil {
			return nil, err
		}
		found, err := s.existing(ctx)
		if err != nil {
			return nil, err
		}
		at := found.outputs["ConsoleUrl"]
		if at == "" {
			return nil, fmt.Errorf("the stack %s has no output ConsoleUrl: is it a stack of Arxkeys?", s.stack)
		}
		protected := cmp.Or(s.parameters["DeletionProtection"], "true")
		if found.parameters["ConsoleUrl"] == at && found.parameters["DeletionProtection"] == protected {
			return found, nil
		}
		s.say("the stack is complete; telling the sign-in that the console is at %s, and protecting the data from deletion", at)
		overrides = map[string]string{"ConsoleUrl": at, "DeletionProtection": protected}
	}
	return nil, fmt.Errorf("the stack %s does not keep its parameters ConsoleUrl and DeletionProtection", s.stack)
}

// overrides returns the parameters to set. All others keep their values. The stack is nil if there is none yet.
func (s *session) overrides(ctx context.Context, before *stack) (map[string]string, error) {
	set := maps.Clone(s.parameters)
	maps.Copy(set, s.named())
	if issuer := set["OidcIssuer"]; issuer != "" {
		d, err := discover(ctx, issuer)
		if err != nil {
			return nil, err
		}
		set["OidcJwksUrl"], set["OidcTokenUrl"] = cmp.Or(set["OidcJwksUrl"], d.JWKSURI), cmp.Or(set["OidcTokenUrl"], d.TokenEndpoint)
	}
	if before == nil {
		set["DeletionProtection"] = "false"
	}
	if before == nil || !before.declares("EdgeSecret") {
		set["EdgeSecret"] = cmp.Or(set["EdgeSecret"], newSecret())
	}
	if set["EdgeSecret"] != "" || !before.declares("EdgeSecretSince") { // the age of an earlier release's secret is unknown
		set["EdgeSecretSince"] = cmp.Or(set["EdgeSecretSince"], today())
	}
	return set, nil
}

// named returns the parameters that have settings of their own.
func (s settings) named() map[string]string {
	set := map[string]string{}
	if s.domain != "" {
		set["ConsoleDomain"], set["ConsoleUrl"] = s.domain, "https://"+s.domain
	}
	if s.certificate != "" {
		set["CertificateArn"] = s.certificate
	}
	if s.zone != "" {
		set["HostedZoneId"] = s.zone
	}
	return set
}

// today returns the day, which tells the stack how old its secret is.
func today() string { return time.Now().UTC().Format(time.DateOnly) }

// newSecret returns a secret of 256 random bits, for the distribution.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// build builds the functions and the console.
func (s *session) build(ctx context.Context) error {
	return s.show(ctx, "make", "build")
}

// show runs a program in the repository, and prints what it prints.
func (s *session) show(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.root, s.out, s.out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, args[0], err)
	}
	return nil
}
