package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolchain is the Go installation that builds the program, and the module with its source.
type toolchain struct {
	root   string // GOROOT, whose wasm_exec.js matches the compiler
	module string // folder of this module
}

func findToolchain(ctx context.Context) (toolchain, error) {
	out, err := run(ctx, exec.CommandContext(ctx, "go", "env", "GOROOT", "GOMOD"))
	if err != nil {
		return toolchain{}, err
	}
	root, mod, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if mod == "" || mod == os.DevNull {
		return toolchain{}, errors.New("run it within the module")
	}
	return toolchain{root: root, module: filepath.Dir(mod)}, nil
}

// compile builds ./console/app for the browser and returns the program. Go's cache makes a repeated build
// quick.
//
// Inlining is off (-l): the program is a sixth smaller with brotli, and starts no slower.
func (t toolchain) compile(ctx context.Context, work string) ([]byte, error) {
	modfile, err := t.trimmed(ctx)
	if err != nil {
		return nil, err
	}
	program := filepath.Join(work, "app.wasm")
	cmd := exec.CommandContext(ctx, "go", "build", "-modfile="+modfile, "-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-ldflags=-s -w", "-o", program, "./console/app")
	cmd.Dir = t.module
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	if _, err := run(ctx, cmd); err != nil {
		return nil, err
	}
	module, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	return oneSegment(module)
}

// glue returns wasm_exec.js, the script that a Go program needs in a browser.
func (t toolchain) glue() ([]byte, error) {
	return os.ReadFile(filepath.Join(t.root, "lib", "wasm", "wasm_exec.js"))
}

// run returns the command's output. The error contains its standard error.
func run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:2], " "), err, complaint.Bytes())
	}
	return out, nil
}
