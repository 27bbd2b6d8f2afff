// Package trim builds with a reduced copy of a module: it makes a copy without what our programs do not need, and
// a go.mod (for -modfile) that replaces the module with the copy.
//
// Go's -overlay would need no copy, but does not replace files of the module cache.
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
	"slices"
	"strings"
)

// Folder is the folder of copies, relative to the root of our module. It never changes, because programs contain its path.
const Folder = "build/trimmed"

// Edits are the differences between the copy and the module. Names are relative to the module and use slashes.
type Edits struct {
	Drop   []string // files and folders to leave out; each must exist
	Change []Change
	// Rewrite has functions that return a file's new content, by the file's name.
	Rewrite map[string]func(content []byte) ([]byte, error)
	Add     map[string]string // contents of additional files, by name
}

// Change replaces all occurrences of a text in a file. There must be at least one.
type Change struct{ File, Old, New string }

// Module makes a copy of the version of the module that the go.mod in root requires, or that a replace in it names, and
// returns the go.mod to build with, relative to root. The copy has the module's Go files without tests, its go.mod and
// its license. If the module lacks something that the edits drop or change, Module returns an error that names it, and
// makes no copy.
//
// Files that are up to date are not written again, which keeps Go's build cache valid. Files that do not belong to the
// copy are deleted.
func Module(ctx context.Context, root, module string, edits Edits) (modfile string, err error) {
	source, version, err := find(ctx, root, module)
	if err != nil {
		return "", err
	}
	files, err := edits.apply(os.DirFS(source))
	if err != nil {
		return "", fmt.Errorf("trim %s %s in %s: %w", module, version, source, err)
	}
	name := path.Base(module)
	copied := path.Join(Folder, name)
	if err := write(filepath.Join(root, copied), files); err != nil {
		return "", err
	}
	// This replaces an existing replacement.
	mod, err := goCommand(ctx, root, "mod", "edit", "-replace="+module+"=./"+copied, "-print")
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return "", err
	}
	modfile = path.Join(Folder, name+".mod")
	return modfile, errors.Join(
		keep(filepath.Join(root, modfile), []byte(mod)),
		keep(filepath.Join(root, Folder, name+".sum"), sum),
	)
}

// find returns the folder of the module's source and its version. It downloads the source if necessary.
func find(ctx context.Context, root, module string) (folder, version string, err error) {
	list := []string{"list", "-m", "-f", "{{.Dir}}\n{{.Version}}", module}
	for range 2 {
		found, err := goCommand(ctx, root, list...)
		if err != nil {
			return "", "", err
		}
		folder, version, _ = strings.Cut(strings.TrimRight(found, "\n"), "\n")
		if folder != "" {
			return folder, version, nil
		}
		if _, err := goCommand(ctx, root, "mod", "download", module); err != nil {
			return "", "", err
		}
	}
	return "", "", fmt.Errorf("the source of %s is nowhere", module)
}

func goCommand(ctx context.Context, root string, args ...string) (string, error) {
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = root, &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaint.Bytes())
	}
	return string(out), nil
}

// apply returns the contents of the copy, by name.
func (e Edits) apply(source fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	dropped := map[string]bool{}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(e.Drop, name):
			dropped[name] = true
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case entry.IsDir(), strings.HasSuffix(name, "_test.go"):
			return nil
		case path.Ext(name) != ".go" && name != "go.mod" && !strings.HasPrefix(name, "LICENSE"):
			return nil
		}
		files[name], err = fs.ReadFile(source, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, name := range e.Drop {
		if !dropped[name] {
			wrong = append(wrong, fmt.Errorf("%s is to be left out, and is not there", name))
		}
	}
	for _, c := range e.Change {
		content, ok := files[c.File]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Errorf("%s is to be changed, and is not there", c.File))
		case !bytes.Contains(content, []byte(c.Old)):
			wrong = append(wrong, fmt.Errorf("%s is to be changed, and does not hold %s", c.File, c.Old))
		}
		files[c.File] = bytes.ReplaceAll(content, []byte(c.Old), []byte(c.New))
	}
	for name, rewrite := range e.Rewrite {
		content, ok := files[name]
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s is to be rewritten, and is not there", name))
			continue
		}
		if files[name], err = rewrite(content); err != nil {
			wrong = append(wrong, fmt.Errorf("%s is to be rewritten: %w", name, err))
		}
	}
	for name, content := range e.Add {
		if _, ok := files[name]; ok {
			wrong = append(wrong, fmt.Errorf("%s is to be added, and is there already", name))
		}
		files[name] = []byte(content)
	}
	return files, errors.Join(wrong...)
}

// write makes the folder contain exactly these files.
func write(folder string, files map[string][]byte) error {
	for name, content := range files {
		if err := keep(filepath.Join(folder, filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	return filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if _, ok := files[filepath.ToSlash(name)]; ok || err != nil || strings.HasPrefix(entry.Name(), begun) {
			return err
		}
		if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// begun is the prefix of the names of files that are being written.
const begun = ".begun-"

// keep writes the file unless it has the content already. It is safe while other processes do the same or build from it.
func keep(file string, content []byte) error {
	if have, err := os.ReadFile(file); err == nil && bytes.Equal(have, content) {
		return nil
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, begun)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
