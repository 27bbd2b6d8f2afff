package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/fill"
	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

// firstTenant is that of the people who can sign in on the laptop.
var firstTenant = signin.People()[0].Tenant

const told = 5 * time.Second // between two lines of progress

// fillIn fills tenants with keys, for measuring and for trying out: in a new data directory, or, more slowly, in the table of
// an engine that runs. Stopped and started again with the same flags, it goes on where it was.
func fillIn(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("fill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := flags.String("endpoint", env("DYNAMODB_ENDPOINT"), "of the DynamoDB that holds the table")
	name := flags.String("table", cmp.Or(env("TABLE_NAME"), stack.DefaultTable), "its name")
	keys := flags.Int("keys", 0, "that each tenant is to have")
	tenant := flags.String("tenant", firstTenant, "the first one, in which people of the laptop can sign in; the others are numbered")
	tenants := flags.Int("tenants", 1, "that are filled")
	applications := flags.Int("applications", 50, "of each tenant")
	arxes := flags.Int("arxes", 10, "of each tenant")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || min(*keys, *tenants, *applications, *arxes) < 1 {
		return fmt.Errorf("usage: go run ./infra/local fill -keys N [-tenant NAME] [-tenants N] [-applications N] [-arxes N] [-endpoint URL] [-table NAME]")
	}
	if err := checkEndpoint("the endpoint", *endpoint); err != nil {
		return err
	}
	all := make([]fill.Tenant, *tenants)
	for i := range all {
		name := *tenant
		if i > 0 {
			name += fmt.Sprint("-", i+1)
		}
		all[i] = fill.Tenant{Name: name, Keys: *keys, Applications: *applications, Arxes: *arxes, Progress: tell(out, name)}
	}
	if *endpoint == "" {
		return importAll(ctx, env, *name, all, out)
	}
	db, err := clientOf(*endpoint, env)
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := fill.Fill(ctx, db, *name, t); err != nil {
			return err
		}
	}
	return nil
}

// tell returns what prints the progress of a tenant.
func tell(out io.Writer, tenant string) func(int) {
	var last time.Time
	return func(keys int) {
		if time.Since(last) > told {
			last = time.Now()
			fmt.Fprintf(out, "%s: %d keys\n", tenant, keys)
		}
	}
}

// importAll makes a data directory that holds the tenants.
func importAll(ctx context.Context, env func(string) string, name string, tenants []fill.Tenant, out io.Writer) error {
	dir, err := filepath.Abs(cmp.Or(env("DATA_DIR"), ".data"))
	if err != nil {
		return err
	}
	unlock, err := stack.LockData(dir)
	if err != nil {
		return err
	}
	defer unlock()
	root, err := stack.FindRoot()
	if err != nil {
		return err
	}
	return fill.DataDir(ctx, root, dir, name, tenants...)
}
