// Command examples starts a pets API beside `make run`, in one of the ways in which an API can be protected:
//
//	go run ./infra/examples http-api    an HTTP API of API Gateway, with the authorizer
//	go run ./infra/examples net-http    a Go server
//	go run ./infra/examples express     a Node.js server
//	go run ./infra/examples fastapi     a Python server
//	go run ./infra/examples nginx       nginx in front of a server
//
// Beforehand it creates what the API needs: the Arx Pets, the application Pet shop, and a management key of the role
// verifier. It uses what it finds. These environment variables override defaults:
//
//	PORT         the port of the pets API on 127.0.0.1; default 8090
//	ARXKEYS_URL  the address of make run; default http://127.0.0.1:8080
//	DATA_DIR     its folder of persistent data; default .data in the repository
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// example is what an API needs to know.
type example struct {
	root, dataDir string
	arxkeys       string // the address of Arxkeys
	verifier      string // a management key of the role verifier
	arx           string // the id of the Arx Pets
	tenant        string
	port          string
}

// starts are the examples by name. Each serves until the context ends.
var starts = map[string]func(ctx context.Context, e example) error{"http-api": httpAPI, "net-http": netHTTP, "express": express, "fastapi": fastAPI, "nginx": nginx}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "example: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 || starts[args[0]] == nil {
		return errors.New("usage: go run ./infra/examples http-api|net-http|express|fastapi|nginx; PORT, ARXKEYS_URL and DATA_DIR override defaults")
	}
	root, err := stack.FindRoot()
	if err != nil {
		return err
	}
	e := example{
		root: root, arxkeys: cmp.Or(os.Getenv("ARXKEYS_URL"), "http://127.0.0.1:8080"), port: cmp.Or(os.Getenv("PORT"), "8090"),
		dataDir: cmp.Or(os.Getenv("DATA_DIR"), filepath.Join(root, ".data")),
	}
	if err := e.prepare(ctx); err != nil {
		return fmt.Errorf("prepare Arxkeys at %s, which make run starts: %w", e.arxkeys, err)
	}
	fmt.Printf(`The pets API is at http://127.0.0.1:%[1]s/pets. To call it:

  1. Create an API key in the console, %[2]s/keys/new, for the application Pet shop, the Arx Pets and the scope pets:read.
  2. curl -i -H 'x-api-key: arxk_…' http://127.0.0.1:%[1]s/pets

`, e.port, e.arxkeys)
	return starts[args[0]](ctx, e)
}

// prepare creates what is missing, and sets the fields of the example that depend on it.
func (e *example) prepare(ctx context.Context) error {
	owner, err := os.ReadFile(filepath.Join(e.dataDir, stack.KeyFile))
	if err != nil {
		return err
	}
	as := func(key string) *client.Client {
		return &client.Client{BaseURL: e.arxkeys, Authorization: func(context.Context) (string, error) { return key, nil }}
	}
	arxkeys := as(strings.TrimSpace(string(owner)))
	me, err := client.Call(ctx, arxkeys, api.GetMe, api.Nothing{})
	if err != nil {
		return err
	}
	e.tenant = me.Tenant
	arxes, err := client.Call(ctx, arxkeys, api.ListArxes, api.ListArxesRequest{Page: api.Page{Query: "Pets"}})
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(arxes.Items, func(a api.Arx) bool { return a.Name == "Pets" }); i >= 0 {
		e.arx = arxes.Items[i].ID
	} else {
		arx, err := client.Call(ctx, arxkeys, api.CreateArx, api.CreateArxRequest{Name: "Pets", Regions: []string{"eu-central-1"}})
		if err != nil {
			return err
		}
		e.arx = arx.ID
		if _, err := client.Call(ctx, arxkeys, api.CreateApplication, api.CreateApplicationRequest{Name: "Pet shop", Technology: api.Server}); err != nil {
			return err
		}
	}
	file := filepath.Join(e.dataDir, "examples-verifier-key")
	text, _ := os.ReadFile(file) // a file that cannot be read has no valid key
	e.verifier = strings.TrimSpace(string(text))
	if e.verifier != "" {
		if _, err := client.Call(ctx, as(e.verifier), api.GetMe, api.Nothing{}); err == nil {
			return nil
		}
	}
	created, err := client.Call(ctx, arxkeys, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "examples", Role: api.Verifier})
	if err != nil {
		return err
	}
	e.verifier = string(*created.Secret)
	return private.Write(file, []byte(e.verifier+"\n"))
}

// settings are the environment variables that servers read.
func (e example) settings() []string {
	return append(os.Environ(), "ARXKEYS_URL="+e.arxkeys, "ARXKEYS_KEY="+e.verifier, "ARX_ID="+e.arx, "PORT="+e.port)
}

// serve runs a command in the folder until it or the context ends.
func (e example) serve(ctx context.Context, folder, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, e.settings(), os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Run(); ctx.Err() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func netHTTP(ctx context.Context, e example) error {
	binary := filepath.Join(e.root, "build/examples/net-http")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./infra/examples/nethttp")
	build.Dir, build.Stderr = e.root, os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	return e.serve(ctx, e.root, binary)
}

func express(ctx context.Context, e example) error {
	folder := filepath.Join(e.root, "infra/examples/express")
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir, install.Stderr = folder, os.Stderr
	if err := install.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	return e.serve(ctx, folder, "node", "server.mjs")
}

func fastAPI(ctx context.Context, e example) error {
	environment := filepath.Join(e.root, "build/examples/fastapi")
	python := filepath.Join(environment, "bin/python")
	client := filepath.Join(e.root, "shared/client/python")
	for _, command := range [][]string{
		{"python3", "-m", "venv", environment},
		// The versions are those with which the client is tested.
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", filepath.Join(client, "requirements.txt"), client + "[fastapi]", "uvicorn"},
	} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(command[:3], " "), err)
		}
	}
	return e.serve(ctx, filepath.Join(e.root, "infra/examples/fastapi"), python, "-B", "-m", "uvicorn", "--host", "127.0.0.1", "--port", e.port, "--log-level", "warning", "server:app")
}
