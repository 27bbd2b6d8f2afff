package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/restore"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

const restoreUsage = "usage: go run ./infra/local restore -to TABLE -since TIME (-from OLD_TABLE | -audit FILE) [-cancel] [-region NAME] [-endpoint URL]"

// replay makes a table that was restored to a point in time usable, from the old table or from an export of its audit
// events. If it is stopped and started again, it continues.
func replay(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := flags.String("endpoint", env("DYNAMODB_ENDPOINT"), "the `URL` of the DynamoDB endpoint")
	region := flags.String("region", "", "the `name` of the AWS region of a deployed table")
	from := flags.String("from", "", "the `name` of the old table")
	to := flags.String("to", "", "the `name` of the restored table")
	since := flags.String("since", "", "the `time` that the table was restored to, such as 2026-11-27T09:30:00Z")
	file := flags.String("audit", "", "the `file` with an export of the audit events, if the old table is lost")
	cancel := flags.Bool("cancel", false, "give up, and let functions use the old table again")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *to == "" || (*from == "") == (*file == "") || *cancel && *from == "" {
		return errors.New(restoreUsage)
	}
	at, err := pointInTime(*since)
	if err != nil || at.IsZero() && !*cancel {
		return fmt.Errorf("-since is %q: use the time that the table was restored to, such as 2026-11-27T09:30:00Z; %s", *since, restoreUsage)
	}
	db, stop, err := database(ctx, *region, *endpoint, env)
	if err != nil {
		return err
	}
	defer stop()
	r := restore.Restore{Client: db, To: *to, Since: at, Report: func(line string) { fmt.Fprintln(out, line) }}
	switch {
	case *cancel:
		return r.Reopen(ctx, *from)
	case *from != "":
		return r.FromTable(ctx, *from, restore.Settle)
	}
	export, err := os.Open(*file)
	if err != nil {
		return err
	}
	defer export.Close()
	return r.FromAudit(ctx, export)
}

// exportAudit writes the audit events of a table to out, as JSON lines.
func exportAudit(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := flags.String("endpoint", env("DYNAMODB_ENDPOINT"), "the `URL` of the DynamoDB endpoint")
	region := flags.String("region", "", "the `name` of the AWS region of a deployed table")
	name := flags.String("table", cmp.Or(env("TABLE_NAME"), stack.DefaultTable), "the `name` of the table")
	since := flags.String("since", "", "the `time` of the first event; default: all events")
	err := flags.Parse(args)
	at, wrong := pointInTime(*since)
	if err != nil || wrong != nil || flags.NArg() > 0 {
		return errors.New("usage: go run ./infra/local audit [-table NAME] [-since 2026-11-27T09:30:00Z] [-region NAME] [-endpoint URL] > FILE")
	}
	db, stop, err := database(ctx, *region, *endpoint, env)
	if err != nil {
		return err
	}
	defer stop()
	_, err = restore.Export(ctx, db, *name, at, out)
	return err
}

// pointInTime parses a time; an empty one is the zero time.
func pointInTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}

// database returns a client of DynamoDB in the region, with the credentials of the AWS CLI, or of the endpoint. Without
// either it starts the engine on the data directory, which no other process may use then, until stop is called.
func database(ctx context.Context, region, endpoint string, env func(string) string) (db *dynamodb.Client, stop func(), err error) {
	if err := checkEndpoint("the endpoint", endpoint); err != nil {
		return nil, nil, err
	}
	stop = func() {}
	if region != "" {
		if endpoint != "" {
			return nil, nil, errors.New("use either a region or an endpoint: leave out -region, or -endpoint and DYNAMODB_ENDPOINT")
		}
		c, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region))
		return dynamodb.NewFromConfig(c), stop, err
	}
	if endpoint == "" {
		root, dir, unlock, err := lockedData(env)
		if err != nil {
			return nil, nil, err
		}
		e, err := engine.Start(ctx, engine.Config{Root: root, DataDir: dir})
		if err != nil {
			unlock()
			return nil, nil, err
		}
		endpoint, stop = e.URL(), func() { e.Stop(); unlock() }
	}
	if db, err = clientOf(endpoint, env); err != nil {
		stop()
	}
	return db, stop, err
}
