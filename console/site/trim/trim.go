// Package trim builds with less of a module than it has: it makes a copy that leaves out what our programs have
// no use for, and a go.mod by which the go command takes that copy (-modfile).
//
// Go's -overlay would need no copy, but refuses to replace files of the module cache.
package trim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// Folder is where copies lie, below the root of our module: always at the same place, as programs record it.
const Folder = "build/trimmed"

// Edit returns what the copy holds of a file of the module; nil where it is left out. Only Go files are asked for,
// without tests.
type Edit func(name string, content []byte) ([]byte, error)

// Module makes a copy of the version of the module that the go.mod in root requires, with more files beside its own,
// and returns the go.mod to build with, relative to root. A file that is as it should be is not written again, so that
// the go command need not look at it again.
func Module(ctx context.Context, root, module string, edit Edit, more map[string]string) (modfile string, err error) {
	source, err := find(ctx, root, module)
	if err != nil {
		return "", err
	}
	name := path.Base(module)
	copied := path.Join(Folder, name+strings.TrimPrefix(filepath.Base(source), name)) // the version too: nothing of another one stays
	copied = strings.ReplaceAll(copied, "@", "-")
	if err := copyModule(source, filepath.Join(root, copied), edit); err != nil {
		return "", fmt.Errorf("trim %s: %w", module, err)
	}
	for file, content := range more {
		if err := keep(filepath.Join(root, copied, filepath.FromSlash(file)), []byte(content)); err != nil {
			return "", err
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return "", err
	}
	modfile = path.Join(Folder, name+".mod")
	if err := keep(filepath.Join(root, modfile), fmt.Appendf(mod, "\nreplace %s => ./%s\n", module, copied)); err != nil {
		return "", err
	}
	return modfile, keep(filepath.Join(root, Folder, name+".sum"), sum)
}

// find returns the folder of the module's source, which is fetched where it has not been yet.
func find(ctx context.Context, root, module string) (string, error) {
	run := func(args ...string) (string, error) {
		var complaint bytes.Buffer
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Stderr = root, &complaint
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaint.Bytes())
		}
		return strings.TrimSpace(string(out)), nil
	}
	list := []string{"list", "-m", "-f", "{{.Dir}}", module}
	source, err := run(list...)
	if err != nil || source != "" {
		return source, err
	}
	if _, err := run("mod", "download", module); err != nil {
		return "", err
	}
	return run(list...)
}

// copyModule copies the Go files of the module, its go.mod and its license.
func copyModule(from, to string, edit Edit) error {
	source := os.DirFS(from)
	return fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case entry.IsDir(), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		content, err := fs.ReadFile(source, name)
		switch {
		case err != nil:
			return err
		case filepath.Ext(name) == ".go":
			if content, err = edit(name, content); err != nil || content == nil {
				return err
			}
		case name != "go.mod" && !strings.HasPrefix(name, "LICENSE"):
			return nil
		}
		return keep(filepath.Join(to, filepath.FromSlash(name)), content)
	})
}

// keep writes the file unless it holds the content already. Others may be doing the same, and build from it.
func keep(file string, content []byte) error {
	if have, err := os.ReadFile(file); err == nil && bytes.Equal(have, content) {
		return nil
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	begun, err := os.CreateTemp(dir, ".*")
	if err != nil {
		return err
	}
	defer os.Remove(begun.Name())
	_, err = begun.Write(content)
	if err := errors.Join(err, begun.Chmod(0o644), begun.Close()); err != nil {
		return err
	}
	return os.Rename(begun.Name(), file)
}
