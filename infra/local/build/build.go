// Package build makes what the laptop runs: the functions for this machine, and the console.
//
// What did not change is not built again. A stamp over the sources' names, sizes and times answers that at once; where
// it differs, the go command knows better, and links only what needs it.
package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
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

// Functions builds the named functions and tells its progress by line. It is safe to be called by several programs at
// once: they wait for each other.
func Functions(ctx context.Context, root string, names []string, tell func(line string)) error {
	unlock, err := lock(root)
	if err != nil {
		return err
	}
	defer unlock()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(root, "functions", filepath.FromSlash(name), "main.go")); err != nil {
			return fmt.Errorf("template.yaml names the function %s, and functions/%s/main.go is not there", name, name)
		}
	}
	stamp := filepath.Join(root, Folder, "functions", ".stamp")
	now, err := fingerprint(root, names, "functions", "shared", "go.mod", "go.sum")
	if err != nil {
		return err
	}
	if fresh(stamp, now) && allThere(root, names) {
		return nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("the go command is not on PATH: install Go, https://go.dev/dl/")
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var done atomic.Int32
	for _, name := range names {
		group.Go(func() error {
			if err := function(ctx, root, name); err != nil {
				return err
			}
			tell(fmt.Sprintf("built %d/%d  %s", done.Add(1), len(names), name))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(now), 0o600)
}

// function builds one binary as it is built for AWS, but for this machine, and with its build id: by it the go command
// knows that the file is fresh.
func function(ctx context.Context, root, name string) error {
	cmd, err := Command(ctx, root, "-ldflags=-s -w", "-o", Binary(root, name), "./functions/"+name)
	if err != nil {
		return err
	}
	_, err = run(ctx, cmd, "functions/"+name)
	return err
}

// Command returns the go build, with more arguments, that builds as functions are built. The flags are in
// functions/build.flags, for the Makefile too.
func Command(ctx context.Context, root string, arguments ...string) (*exec.Cmd, error) {
	flags, err := os.ReadFile(filepath.Join(root, "functions", "build.flags"))
	if err != nil {
		return nil, fmt.Errorf("read the build flags of functions: %w", err)
	}
	cmd := goCommand(ctx, root, append([]string{"build"}, arguments...)...)
	cmd.Env = append(cmd.Env, "GOFLAGS="+strings.TrimSpace(string(flags)))
	return cmd, nil
}

// goCommand returns the go command for this machine, whatever the shell says.
func goCommand(ctx context.Context, root string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=")
	return cmd
}

// Site builds the console, where there is one, and reports whether there is.
func Site(ctx context.Context, root string, tell func(line string)) (bool, error) {
	unlock, err := lock(root)
	if err != nil {
		return false, err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(root, "console", "site")); err != nil {
		return false, nil
	}
	stamp := filepath.Join(root, Folder, ".console-stamp")
	now, err := fingerprint(root, nil, "console", "shared", "go.mod", "go.sum")
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(Console(root), "index.html")); err == nil && fresh(stamp, now) {
		return true, nil
	}
	tell("building the console")
	if _, err := run(ctx, goCommand(ctx, root, "run", "-buildvcs=false", "./console/site", "-out", Console(root), "-fast"), "the console"); err != nil {
		return false, err
	}
	return true, os.WriteFile(stamp, []byte(now), 0o600)
}

// run runs a command of the build and returns what it printed. That and what it complained of are part of the error.
func run(ctx context.Context, cmd *exec.Cmd, what string) (string, error) {
	// Ctrl-C reaches the whole group of a terminal; ended gently, the go command removes what it has begun.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("build %s: %w", what, ctx.Err())
	}
	if err != nil {
		return "", fmt.Errorf("%s does not build; mend this and start again:\n%s", what, strings.TrimSpace(complaint.String()+string(output)))
	}
	return string(output), nil
}

func allThere(root string, names []string) bool {
	for _, name := range names {
		if _, err := os.Stat(Binary(root, name)); err != nil {
			return false
		}
	}
	return true
}

func fresh(stamp, now string) bool {
	was, err := os.ReadFile(stamp)
	return err == nil && string(was) == now
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

// skip tells which files have no part in what is built.
func skip(entry fs.DirEntry) bool {
	name := entry.Name()
	return entry.IsDir() && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".")) ||
		strings.HasSuffix(name, "_test.go")
}
