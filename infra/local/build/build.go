// Package build makes what the laptop runs: the functions for this machine, and the console.
//
// What did not change is not built again. Beside each binary lies a stamp: the fingerprint of the sources it was built
// from. One call of the go command tells the fingerprints of all of them, so that an edit of one handler builds one
// function. Asking `go build` for each of 40 takes ten seconds of processor to learn the same.
package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// atOnce is how many go commands run side by side. Each uses all cores to compile; linking is what overlaps.
const atOnce = 2

// Folder is where everything goes, below the repository's root. The build for AWS has its own.
const Folder = "build/local"

// Binary returns the path of a function's binary. Its name is its folder below functions/, such as keys/create.
func Binary(root, name string) string {
	return filepath.Join(root, Folder, "functions", filepath.FromSlash(name), "bootstrap")
}

// Console returns the folder of the console's static files.
func Console(root string) string { return filepath.Join(root, Folder, "console") }

// Functions builds those of the named functions that changed, and returns their names, also where it returns an error:
// others may have been built before it. It tells each to built, if that is not nil, with how many are done of how many.
// It is safe to be called by several programs at once: they wait for each other.
//
// A binary is replaced in one step: a process that starts meanwhile runs the old one or the new one.
func Functions(ctx context.Context, root string, names []string, built func(name string, done, of int)) (changed []string, err error) {
	unlock, err := lock(root)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(root, "functions", filepath.FromSlash(name), "main.go")); err != nil {
			return nil, fmt.Errorf("template.yaml names the function %s, and functions/%s/main.go is not there", name, name)
		}
	}
	stale, err := staleFunctions(ctx, root, names)
	if err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var mu sync.Mutex
	for name, now := range stale {
		group.Go(func() error {
			if err := function(ctx, root, name); err != nil {
				return err
			}
			if err := os.WriteFile(stamp(root, name), []byte(now), 0o600); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			changed = append(changed, name)
			if built != nil {
				built(name, len(changed), len(stale))
			}
			return nil
		})
	}
	err = group.Wait()
	return changed, err
}

// staleFunctions returns the functions that are not built from the sources as they are, with the fingerprints of these.
func staleFunctions(ctx context.Context, root string, names []string) (map[string]string, error) {
	if err := needGo(); err != nil {
		return nil, err
	}
	flags, err := buildFlags(root)
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, name := range names {
		folders = append(folders, "functions/"+name)
	}
	now, err := fingerprints(ctx, root, []string{flags}, folders...)
	if err != nil {
		return nil, err
	}
	stale := map[string]string{}
	for _, name := range names {
		print := now["functions/"+name]
		if _, err := os.Stat(Binary(root, name)); err != nil || !fresh(stamp(root, name), print) {
			stale[name] = print
		}
	}
	return stale, nil
}

// stamp returns the file with the fingerprint that the function's binary was built from.
func stamp(root, name string) string {
	return filepath.Join(filepath.Dir(Binary(root, name)), ".stamp")
}

// function builds one binary as it is built for AWS, but for this machine, and with its build id: by it the go command
// knows where only comments changed, and leaves the binary alone.
func function(ctx context.Context, root, name string) error {
	cmd, err := Command(ctx, root, "-ldflags=-s -w", "-o", Binary(root, name), "./functions/"+name)
	if err != nil {
		return err
	}
	_, err = run(ctx, cmd)
	return doesNotBuild("functions/"+name, err)
}

// Command returns the go build, with more arguments, that builds as functions are built, for this machine.
func Command(ctx context.Context, root string, arguments ...string) (*exec.Cmd, error) {
	flags, err := buildFlags(root)
	if err != nil {
		return nil, err
	}
	cmd := goCommand(ctx, root, append([]string{"build"}, arguments...)...)
	cmd.Env = append(cmd.Env, flags)
	// The go command moves what it has linked to its place. Within a file system that is one step.
	temporary := filepath.Join(root, Folder, "tmp")
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		return nil, fmt.Errorf("make the build folder: %w", err)
	}
	cmd.Env = append(cmd.Env, "GOTMPDIR="+temporary)
	return cmd, nil
}

// goCommand returns the go command for this machine, whatever the shell says.
func goCommand(ctx context.Context, root string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=")
	return cmd
}

// State is what became of a build.
type State int

// The states of a build.
const (
	None  State = iota // there is nothing to build
	Fresh              // nothing changed
	Built
)

// Site builds the console where it changed, and says so to building, if that is not nil, before it does.
func Site(ctx context.Context, root string, building func()) (State, error) {
	unlock, err := lock(root)
	if err != nil {
		return None, err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(root, "console", "site")); err != nil {
		return None, nil
	}
	now, err := siteFingerprint(ctx, root)
	if err != nil {
		return None, err
	}
	stamp := filepath.Join(root, Folder, ".console-stamp")
	if _, err := os.Stat(filepath.Join(Console(root), "index.html")); err == nil && fresh(stamp, now) {
		return Fresh, nil
	}
	if building != nil {
		building()
	}
	_, err = run(ctx, goCommand(ctx, root, "run", "-buildvcs=false", "./console/site", "-out", Console(root), "-fast"))
	if err := doesNotBuild("the console", err); err != nil {
		return None, err
	}
	return Built, os.WriteFile(stamp, []byte(now), 0o600)
}

// siteFingerprint changes when the console may: with its program, with what builds it, and with console/web.
func siteFingerprint(ctx context.Context, root string) (string, error) {
	if err := needGo(); err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, program := range []struct {
		folder      string
		environment []string
	}{{"console/app", []string{"GOOS=js", "GOARCH=wasm"}}, {"console/site", nil}} {
		now, err := fingerprints(ctx, root, program.environment, program.folder)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, now[program.folder])
	}
	if err := hashFolder(sum, filepath.Join(root, "console", "web")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("look at the sources: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// run runs a command of the build and returns what it printed. That and what it complained of are the error.
func run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	// Ctrl-C reaches the whole group of a terminal; ended gently, the go command removes what it has begun.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, errors.New(strings.TrimSpace(complaint.String() + string(output)))
	}
	return output, nil
}

// doesNotBuild says what the compiler's words are about.
func doesNotBuild(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("build %s: %w", what, err)
	}
	return fmt.Errorf("%s does not build:\n%w", what, err)
}

// lock makes other builds of this repository wait, until the returned function is called.
func lock(root string) (func(), error) {
	dir := filepath.Join(root, Folder)
	if err := os.MkdirAll(filepath.Join(dir, "functions"), 0o755); err != nil {
		return nil, fmt.Errorf("make the build folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the build folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the build folder: %w", err)
	}
	return func() { f.Close() }, nil // which ends the lock
}
