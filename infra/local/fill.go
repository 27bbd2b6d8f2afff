package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/fill"
	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

// firstTenant is the tenant of the people who can sign in on the laptop.
var firstTenant = signin.People()[0].Tenant

const told = 5 * time.Second // between two lines of progress

// fillIn fills tenants with keys for measurements and experiments: in a new data directory or, more slowly, in the
// table of a running engine. If it is stopped and started again with the same flags, it continues where it stopped.
func fillIn(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("fill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := flags.String("endpoint", env("DYNAMODB_ENDPOINT"), "the `URL` of the DynamoDB endpoint")
	name := flags.String("table", cmp.Or(env("TABLE_NAME"), stack.DefaultTable), "the `name` of the table")
	keys := flags.Int("keys", 0, "the number of keys of each tenant")
	tenant := flags.String("tenant", firstTenant, "the `name` of the first tenant; the others have numbers appended. People can sign in to the default one")
	tenants := flags.Int("tenants", 1, "the number of tenants")
	applications := flags.Int("applications", 50, "the number of applications of each tenant")
	arxes := flags.Int("arxes", 10, "the number of Arxes of each tenant")
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

// tell returns a function that prints the progress of a tenant.
func tell(out io.Writer, tenant string) func(int) {
	var last time.Time
	return func(keys int) {
		if time.Since(last) > told {
			last = time.Now()
			fmt.Fprintf(out, "%s: %d keys\n", tenant, keys)
		}
	}
}

// importAll creates a data directory with the tenants.
func importAll(ctx context.Context, env func(string) string, name string, tenants []fill.Tenant, out io.Writer) error {
	root, dir, unlock, err := lockedData(env)
	if err != nil {
		return err
	}
	defer unlock()
	return fill.DataDir(ctx, root, dir, name, tenants...)
}
