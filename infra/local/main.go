// Command local stands in for AWS: it serves everything that template.yaml defines on one address of this machine.
//
//	go run ./infra/local [run]
//	go run ./infra/local dev      also applies every edit of functions, console and template.yaml
//	go run ./infra/local check [-region NAME] [-endpoint URL] [-table NAME]    checks all stored data, and prints inconsistencies
//	go run ./infra/local audit [-region NAME] [-endpoint URL] [-table NAME] [-since TIME] > FILE    exports the audit events of a table
//	go run ./infra/local restore -to TABLE -since TIME (-from OLD_TABLE | -audit FILE) [-region NAME] [-endpoint URL]
//	                              revokes in a restored table what was revoked since, and makes it usable
//	go run ./infra/local fill -keys N [-tenants N] [-applications N] [-arxes N]    fills a new data directory with sample keys
//
// These environment variables override defaults:
//
//	PORT               the port on 127.0.0.1; default 8080
//	DATA_DIR           the folder of all persistent data; default .data in the repository
//	DYNAMODB_ENDPOINT  a running DynamoDB engine, such as http://127.0.0.1:8000 or http://ACCESS-KEY@127.0.0.1:8000;
//	                   default: start dynoxide
//	DYNOXIDE           the path of dynoxide; default: the one on PATH, or the one that npm installed
//	TABLE_NAME         default arxkeys
//	LOG                all: print everything that functions log; default: warnings and errors
//	TOKENS             cognito (the default), or standard: issue access tokens as in RFC 9068
//	CONTRACT           strict: return 500 for whatever the OpenAPI document does not describe; for tests
//	PARAMETERS         parameters of template.yaml, such as "GateTtl=0s PrincipalTtl=0s"
//
// Ctrl-C stops it without loss of data.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/accesskey"
)

const usage = "usage: go run ./infra/local [run|dev|check|audit|restore|fill]; PORT, DATA_DIR, DYNAMODB_ENDPOINT, TABLE_NAME, LOG, TOKENS and PARAMETERS override defaults"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)           // a second Ctrl-C ends the process at once
	slog.SetLogLoggerLevel(slog.LevelWarn) // libraries log what they register
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "arxkeys: "+accesskey.Redact(err.Error()))
		os.Exit(1)
	}
}

// commands are those that work on stored data and do not start the stack.
var commands = map[string]func(ctx context.Context, args []string, env func(string) string, out io.Writer) error{
	"check": inspect, "fill": fillIn, "audit": exportAudit, "restore": replay,
}

// run runs the command of the arguments. Run and dev start the stack, and stop it when the context ends.
func run(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	if len(args) > 0 && commands[args[0]] != nil {
		return commands[args[0]](ctx, args[1:], env, out)
	}
	if len(args) > 1 || len(args) == 1 && args[0] != "run" && args[0] != "dev" {
		return errors.New(usage)
	}
	follow := len(args) == 1 && args[0] == "dev"
	c, err := config(env)
	if err != nil {
		return err
	}
	c.Output = out
	s, err := stack.Start(ctx, c)
	if err != nil {
		if ctx.Err() != nil { // Ctrl-C during the start
			return nil
		}
		return err
	}
	defer s.Stop()
	fmt.Fprint(out, banner(s))
	var changed <-chan struct{} // nil, and so never ready, without dev
	if follow {
		if changed, err = s.Watch(ctx); err != nil {
			return err
		}
		fmt.Fprintln(out, "watching functions, shared, console and template.yaml: save a file to see it here")
	}
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(out, "\nstopping")
			return nil
		case err := <-s.Failed():
			return err
		case <-changed:
			update(ctx, s, out)
		}
	}
}

// update rebuilds and replaces what changed, and prints it on one line.
func update(ctx context.Context, s *stack.Stack, out io.Writer) {
	began := time.Now()
	change, err := s.Update(ctx)
	if what := change.String(); what != "" {
		fmt.Fprintf(out, "updated %s in %s\n", what, time.Since(began).Round(100*time.Millisecond))
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(out, "not updated: %v\nThe previous version keeps running.\n", accesskey.Redact(err.Error()))
	}
}

// config reads the environment.
func config(env func(string) string) (stack.Config, error) {
	port, err := strconv.Atoi(cmp.Or(env("PORT"), "8080"))
	if err != nil || port < 0 || port > 65535 {
		return stack.Config{}, fmt.Errorf("PORT is %q: it must be a number from 0 (any free port) to 65535", env("PORT"))
	}
	c := stack.Config{
		Port: port, DataDir: cmp.Or(env("DATA_DIR"), ".data"), DynamoDBEndpoint: env("DYNAMODB_ENDPOINT"), TableName: env("TABLE_NAME"),
		Console: true, Quiet: env("LOG") != "all", Contract: env("CONTRACT") == "strict",
	}
	if err := checkEndpoint("DYNAMODB_ENDPOINT", c.DynamoDBEndpoint); err != nil {
		return c, err
	}
	switch tokens := env("TOKENS"); tokens {
	case "", "cognito":
	case "standard":
		c.Shape = signin.Standard
	default:
		return c, fmt.Errorf("TOKENS is %q: it must be cognito or standard", tokens)
	}
	for word := range strings.FieldsSeq(env("PARAMETERS")) {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return c, fmt.Errorf("PARAMETERS contains %q: use Name=value pairs, separated by spaces", word)
		}
		if c.Parameters == nil {
			c.Parameters = map[string]string{}
		}
		c.Parameters[name] = value
	}
	return c, nil
}

// checkEndpoint refuses an address without a scheme, which database clients would misinterpret.
func checkEndpoint(name, address string) error {
	if address == "" || strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return nil
	}
	return fmt.Errorf("%s is %q: it must begin with http:// or https://, such as http://127.0.0.1:8000", name, address)
}

// banner returns the text that says where everything is and how to sign in.
func banner(s *stack.Stack) string {
	var people []string
	for _, p := range signin.People() {
		people = append(people, fmt.Sprintf("%-22s %s of %s", p.Email, strings.Join(p.Groups, ", "), p.Tenant))
	}
	key := filepath.Join(s.DataDir(), stack.KeyFile)
	if here, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(here, key); err == nil && !strings.HasPrefix(short, "..") {
			key = short
		}
	}
	return fmt.Sprintf(`
Arxkeys runs.

  console   %[1]s/
  sign in   as one of these, without a password:
            %[2]s
  API       %[1]s/v1/   described by %[1]s/v1/openapi.json
  scripts   curl -H "Authorization: Bearer $(cat %[3]s)" %[1]s/v1/me

Ctrl-C stops it; nothing is lost.

`, s.URL(), strings.Join(people, "\n            "), key)
}
