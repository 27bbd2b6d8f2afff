// Package build builds what infra/local runs: the functions for this machine, and the console.
//
// It builds only what changed. Beside each binary is a stamp file with the fingerprint of the sources it was built
// from. One call of the go command lists the sources of all functions, so that an edit of one handler builds one
// function. Running `go build` for each of 40 functions takes ten seconds of CPU to find out the same.
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

// atOnce is how many go commands run concurrently. Each uses all cores to compile, but links on one.
const atOnce = 2

// Folder is the output folder, relative to the repository's root. The build for AWS has another one.
const Folder = "build/local"

// Binary returns the path of a function's binary. The name is the function's folder in functions/, such as keys/create.
func Binary(root, name string) string {
	return filepath.Join(root, Folder, "functions", filepath.FromSlash(name), "bootstrap")
}

// Console returns the folder of the console's static files.
func Console(root string) string { return filepath.Join(root, Folder, "console") }

// Functions builds those of the named functions that changed, and returns the names of those that it built, also with
// an error. It calls built, if that is not nil, after each one, with the number of finished ones and their total.
// Several programs may call it concurrently: they wait for each other.
//
// A binary is replaced atomically: a process that starts meanwhile runs either the old one or the new one.
func Functions(ctx context.Context, root string, names []string, built func(name string, done, of int)) (changed []string, err error) {
	unlock, err := lock(root)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(root, "functions", filepath.FromSlash(name), "main.go")); err != nil {
			return nil, fmt.Errorf("template.yaml has the function %s, but functions/%s/main.go does not exist", name, name)
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

// staleFunctions returns the functions whose binary is missing or outdated, with the fingerprints of their sources.
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

// stamp returns the path of the function's stamp file.
func stamp(root, name string) string {
	return filepath.Join(filepath.Dir(Binary(root, name)), ".stamp")
}

// function builds one binary as for AWS, except that it is for this machine and has a build id. By the build id, the go
// command skips linking if only comments changed.
func function(ctx context.Context, root, name string) error {
	cmd, err := Command(ctx, root, "-ldflags=-s -w", "-o", Binary(root, name), "./functions/"+name)
	if err != nil {
		return err
	}
	_, err = run(ctx, cmd)
	return doesNotBuild("functions/"+name, err)
}

// Command returns a go build command with the flags of functions, for this machine, and with further arguments.
func Command(ctx context.Context, root string, arguments ...string) (*exec.Cmd, error) {
	flags, err := buildFlags(root)
	if err != nil {
		return nil, err
	}
	cmd := goCommand(ctx, root, append([]string{"build"}, arguments...)...)
	cmd.Env = append(cmd.Env, flags)
	// The go command moves the linked binary into place, which is atomic within one file system.
	temporary := filepath.Join(root, Folder, "tmp")
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		return nil, fmt.Errorf("make the build folder: %w", err)
	}
	cmd.Env = append(cmd.Env, "GOTMPDIR="+temporary)
	return cmd, nil
}

// goCommand returns a go command for this machine, whatever GOOS and GOARCH are set to.
func goCommand(ctx context.Context, root string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=")
	return cmd
}

// State is the result of a build.
type State int

// The states of a build.
const (
	None  State = iota // there is no console
	Fresh              // nothing changed
	Built
)

// Site builds the console if it changed. It calls building, if that is not nil, before it does.
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

// siteFingerprint returns a fingerprint of everything that the console and the API reference are built from: the
// program, the builder, and the files that it reads.
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
	for _, folder := range []string{"console/web", "console/reference", "infra/docs", "infra/samples", "infra/node_modules/redoc"} {
		if err := hashFolder(sum, filepath.Join(root, filepath.FromSlash(folder))); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("read the sources: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// run runs a command and returns its standard output. The error contains its output.
func run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	// Send SIGTERM instead of SIGKILL, so that the go command removes its temporary files.
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

// doesNotBuild adds to a compiler error what does not build.
func doesNotBuild(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("build %s: %w", what, err)
	}
	return fmt.Errorf("%s does not build:\n%w", what, err)
}

// lock makes other builds of this repository wait until the returned function is called.
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
	return func() { f.Close() }, nil // closing the file releases the lock
}
