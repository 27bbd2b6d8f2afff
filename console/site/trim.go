package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// goApp is the module that draws the console. Its package holds a server too, which a browser has
// no use for and which alone brings net/http, crypto/tls and text/template: a quarter of what a
// browser would fetch.
const goApp = "github.com/maxence-charriere/go-app/v9"

// serverFiles are the server, in the module's pkg/app; withoutServer declares what the rest of the
// package still names of it.
var serverFiles = []string{"http.go", "resource.go"}

const withoutServer = `package app

import "strings"

type (
	Handler     struct{}
	Environment map[string]string
)

func isRemoteLocation(path string) bool {
	return strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://")
}

func isStaticResourcePath(path string) bool {
	return strings.HasPrefix(path, "/web/") || strings.HasPrefix(path, "web/")
}
`

// standIn takes the place of regexp, which pkg/app imports for its routes alone and which brings all
// tables of Unicode.
//
//go:embed standin/regexp/regexp.go
var standIn []byte

// trim makes a copy of go-app without its server and without regexp, and returns the go.mod to build with. Both lie
// under the module's build folder, always at the same place: the program records it.
//
// Go's -overlay would need no copy, but refuses to replace files of the module cache.
func (t toolchain) trim(ctx context.Context) (modfile string, err error) {
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", goApp)
	list.Dir = t.module
	out, err := run(ctx, list)
	if err != nil {
		return "", err
	}
	source := strings.TrimSpace(string(out))
	if source == "" { // not fetched yet
		get := exec.CommandContext(ctx, "go", "mod", "download", goApp)
		get.Dir = t.module
		if _, err := run(ctx, get); err != nil {
			return "", err
		}
		return t.trim(ctx)
	}
	build := filepath.Join(t.module, "build", "trimmed")
	version := strings.ReplaceAll(filepath.Base(source), "@", "-") // a folder of its own: nothing of another version stays
	if err := t.modfile(build, version); err != nil {
		return "", err
	}
	return filepath.Join(build, "go.mod"), copyGoApp(source, filepath.Join(build, version))
}

// modfile writes the module's go.mod and go.sum with go-app replaced by the copy of the version.
func (t toolchain) modfile(to, version string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(t.module, name))
		if err != nil {
			return err
		}
		if name == "go.mod" {
			content = fmt.Appendf(content, "\nreplace %s => ./build/trimmed/%s\n", goApp, version)
		}
		if err := keep(filepath.Join(to, name), content); err != nil {
			return err
		}
	}
	return nil
}

// copyGoApp copies what the browser needs of the module.
func copyGoApp(from, to string) error {
	source := os.DirFS(from)
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "docs" || entry.Name() == "gen" || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, filepath.FromSlash(name)), 0o755)
		case name != "go.mod" && name != "LICENSE" && (filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go")):
			return nil
		}
		for _, server := range serverFiles {
			if name == "pkg/app/"+server {
				return nil
			}
		}
		content, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		if path.Dir(name) == "pkg/app" {
			content = bytes.ReplaceAll(content, []byte(`"regexp"`), []byte(`"`+goApp+`/standin/regexp"`))
		}
		return keep(filepath.Join(to, filepath.FromSlash(name)), content)
	})
	if err != nil {
		return err
	}
	if err := keep(filepath.Join(to, "standin", "regexp", "regexp.go"), standIn); err != nil {
		return err
	}
	return keep(filepath.Join(to, "pkg", "app", "withoutserver.go"), []byte(withoutServer))
}

// keep writes the file unless it holds the content already, so that Go need not look at it again.
func keep(path string, content []byte) error {
	if have, err := os.ReadFile(path); err == nil && string(have) == string(content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
