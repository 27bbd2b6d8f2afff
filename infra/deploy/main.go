// Command deploy deploys Arxkeys into an AWS account, and operates what it deployed. The make targets of the same names
// run it: `make deploy` runs up.
//
//	go run ./infra/deploy up                  build, deploy or update the stack, upload the console, create the first owner
//	go run ./infra/deploy person              invite a person, or change their role
//	go run ./infra/deploy person-remove       disable a person, sign them out, and delete or keep their management keys
//	go run ./infra/deploy status              print the outputs, the health, the version and the alarms
//	go run ./infra/deploy logs                print the logs of FUNCTION, or of all functions, and follow them
//	go run ./infra/deploy rotate-edge-secret  replace the secret that the distribution sends to the functions
//	go run ./infra/deploy destroy             delete the stack, after a question; keep its data, or delete it too
//
// These environment variables configure it:
//
//	STACK        the name of the stack
//	REGION       the AWS region; default: the region of the AWS configuration
//	ADMIN_EMAIL  the e-mail address of the first owner; required for a new stack with its own user pool
//	TENANT       the tenant of the person or of the first owner; required if TenantClaim is set
//	DOMAIN       the console's own domain name, such as keys.example.com
//	CERTIFICATE  the ARN of DOMAIN's certificate, in us-east-1; remembered by the stack
//	ZONE         the id of the Route 53 hosted zone that gets DOMAIN's records; optional
//	EMAIL        the person of person and person-remove
//	ROLE         the person's role: owner, admin, developer or verifier
//	RESEND       1 sends the invitation again to a person who has not signed in yet
//	MANAGEMENT_KEYS
//	             delete or keep: what happens to the management keys of a person who is removed
//	PARAMETERS   further parameters of template.yaml, such as "AlarmEmail=ops@example.com LogRetentionDays=90"
//	BUILT        if not empty, do not build: build/ contains a release
//	FUNCTION     whose logs to print, such as keys/verify or KeysVerifyFunction; default: all
//	SINCE        how far back the logs begin, such as 10min or 1hour; default 10min
//	FOLLOW       if it is no, print the logs and end
//	DATA         if it is delete, destroy also deletes the table and the user pool
//
// AWS's own variables, such as AWS_PROFILE, choose the credentials. AWS_ENDPOINT_URL replaces AWS, for tests.
//
// Every command may be interrupted and repeated at any time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// commands are the subcommands.
var commands = map[string]func(*session, context.Context) error{
	"up":                 (*session).up,
	"person":             (*session).person,
	"person-remove":      (*session).removePerson,
	"status":             (*session).status,
	"logs":               (*session).logs,
	"rotate-edge-secret": (*session).rotateEdgeSecret,
	"destroy":            (*session).destroy,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted: run the same command again, and it does the rest")
		}
		fmt.Fprintln(os.Stderr, "arxkeys: "+err.Error())
		os.Exit(1)
	}
}

// run runs the command of the arguments with the settings of the environment.
func run(ctx context.Context, args []string, env func(string) string, in io.Reader, out io.Writer) error {
	if len(args) != 1 || commands[args[0]] == nil {
		return fmt.Errorf("usage: go run ./infra/deploy COMMAND; make lists the commands")
	}
	s, err := open(env, in, out)
	if err != nil {
		return err
	}
	if err := s.require(ctx, args[0]); err != nil {
		return err
	}
	return commands[args[0]](s, ctx)
}

// say prints a line.
func (s *session) say(format string, args ...any) {
	fmt.Fprintf(s.out, strings.TrimSuffix(format, "\n")+"\n", args...)
}
