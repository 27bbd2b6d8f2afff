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
	"slices"
	"strings"
)

// Folder is where copies lie, below the root of our module: always at the same place, as programs record it.
const Folder = "build/trimmed"

// Edits are how a copy differs from the module. Names are relative to the module and use slashes.
type Edits struct {
	Drop   []string // files and folders that are left out; all of them have to be there
	Change []Change
	Add    map[string]string // contents of files that the module does not have
}

// Change replaces a text in a file, everywhere. The file has to hold it.
type Change struct{ File, Old, New string }

// Module makes a copy of the version of the module that the go.mod in root requires, or that a replace in it names, and
// returns the go.mod to build with, relative to root. The copy has the module's Go files without tests, its go.mod and
// its license. Where the module does not have what the edits leave out or change, Module returns an error that names
// it, and the copy is not made.
//
// A file that is as it should be is not written again, so that the go command need not look at it again; a file of the
// copy that should not be there is deleted.
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
	// It takes the place of a replacement that is there already.
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

// find returns the folder of the module's source, which is fetched where it has not been yet, and its version.
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
	for name, content := range e.Add {
		if _, ok := files[name]; ok {
			wrong = append(wrong, fmt.Errorf("%s is to be added, and is there already", name))
		}
		files[name] = []byte(content)
	}
	return files, errors.Join(wrong...)
}

// write makes the folder hold these files and no others.
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

// begun is how the name of a file that is being written begins.
const begun = ".begun-"

// keep writes the file unless it holds the content already. Others may be doing the same, and build from it.
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
