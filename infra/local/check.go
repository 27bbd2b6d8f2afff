package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

// inspect prints each inconsistency in the stored data on a line, and returns an error if there is one. It only reads.
//
// Without an endpoint it starts the engine on the data directory, which no other process may use then. With a region it
// checks a deployed table, with the credentials and the configuration that AWS's tools use; infra/deploy/check-policy.json
// is the policy that it needs.
func inspect(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := flags.String("endpoint", env("DYNAMODB_ENDPOINT"), "the `URL` of the DynamoDB endpoint")
	name := flags.String("table", cmp.Or(env("TABLE_NAME"), stack.DefaultTable), "the `name` of the table")
	region := flags.String("region", "", "the `name` of the AWS region of a deployed table")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return fmt.Errorf("usage: go run ./infra/local check [-region NAME] [-endpoint URL] [-table NAME]")
	}
	db, stop, err := database(ctx, *region, *endpoint, env)
	if err != nil {
		return err
	}
	defer stop()
	found, err := check.Table(ctx, db, *name)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintln(out, f)
	}
	if n := len(found); n > 0 {
		return fmt.Errorf("check: %d inconsistencies in the table %s", n, *name)
	}
	fmt.Fprintf(out, "check: the table %s is consistent\n", *name)
	return nil
}

// lockedData returns the repository's root and the data directory of the environment, which stays locked until
// unlock is called.
func lockedData(env func(string) string) (root, dir string, unlock func(), err error) {
	if dir, err = filepath.Abs(cmp.Or(env("DATA_DIR"), ".data")); err != nil {
		return "", "", nil, err
	}
	if root, err = stack.FindRoot(); err != nil {
		return "", "", nil, err
	}
	unlock, err = stack.LockData(dir)
	return root, dir, unlock, err
}

// clientOf returns a client of the DynamoDB endpoint, with the access key in the URL, or else with the credentials of
// the environment.
func clientOf(endpoint string, env func(string) string) (*dynamodb.Client, error) {
	e, err := engine.At(endpoint)
	if err != nil {
		return nil, err
	}
	return e.Client(func(o *dynamodb.Options) {
		o.Region = cmp.Or(env("AWS_REGION"), env("AWS_DEFAULT_REGION"), o.Region)
		if e.AccessKey != engine.AnyAccessKey {
			return
		}
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: cmp.Or(env("AWS_ACCESS_KEY_ID"), e.AccessKey), SecretAccessKey: cmp.Or(env("AWS_SECRET_ACCESS_KEY"), engine.SecretKey),
				SessionToken: env("AWS_SESSION_TOKEN"),
			}, nil
		})
	}), nil
}
