// Command events writes the API Gateway events in this folder, which are for the SAM CLI: for every operation, for the
// check of gateways, and for the authorizer of an HTTP API and of a REST API, one event that succeeds and one that is
// refused.
//
//	go run ./infra/events          write the events, from shared/api and the examples
//	go run ./infra/events record   record new sample data, with other ids; then write the events
//	go run ./infra/events serve    serve the sample data from an engine on port 8000, in memory
//
// serve listens only where the containers of this machine reach it, and only they may connect. With -address it listens
// on another address, for everybody who reaches that.
//
// Run it in the root folder of the repository.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/shared/api"
)

const folder = "infra/events"

const usage = "usage, in the root folder of the repository: go run ./infra/events [record | serve [-address ADDRESS]]"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "events: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "serve" {
		at, err := parse(args[1:])
		if err != nil {
			return err
		}
		return serve(ctx, at)
	}
	switch strings.Join(args, " ") {
	case "":
		return write(folder)
	case "record":
		if err := record(ctx); err != nil {
			return err
		}
		fmt.Println("recorded the sample data; write its events with: go run ./infra/events")
		return nil
	}
	return errors.New(usage)
}

// files returns the events by file name: <noun>-<verb>.json and <noun>-<verb>-refused.json, and those of the
// authorizer.
func files() (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, op := range api.Served() {
		for suffix, example := range map[string]func(api.Spec) (examples.Call, error){"": examples.Good, "-refused": examples.Refused} {
			call, err := example(op)
			if err != nil {
				return nil, err
			}
			event, err := call.Event()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op.Name, err)
			}
			all[strings.ReplaceAll(op.Name, ".", "-")+suffix+".json"] = event
		}
	}
	authorizers, err := examples.AuthorizerEvents()
	if err != nil {
		return nil, err
	}
	for name, event := range authorizers {
		all[name+".json"] = event
	}
	return all, nil
}

// environment is the only file that is not an event.
const environment = "env.json"

// write writes the events to the folder, and removes all others.
func write(folder string) error {
	all, err := files()
	if err != nil {
		return err
	}
	there, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, name := range there {
		if base := filepath.Base(name); all[base] == nil && base != environment {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, event := range all {
		if err := os.WriteFile(filepath.Join(folder, name), event, 0o644); err != nil {
			return err
		}
	}
	return nil
}
