// Package watch tells when files of a source tree change.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is for how long nothing may change before a change is told: an editor that saves, and a git checkout, write
// many files at once.
const quiet = 100 * time.Millisecond

// Tree sends on the returned channel when one of the named entries of root has changed: a file, or anything in a folder,
// also in folders that are made later. Tests, testdata, hidden files and editors' backups are left out. Changes that
// nobody has received yet are told as one. Tree watches until the context ends.
func Tree(ctx context.Context, root string, names ...string) (<-chan struct{}, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the sources: %w", err)
	}
	err = w.Add(root) // for files right in it: an editor replaces a file, and a watch of the file itself ends with that
	for _, name := range names {
		err = errors.Join(err, add(w, filepath.Join(root, name)))
	}
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("watch the sources: %w", err)
	}
	changed := make(chan struct{}, 1)
	go func() {
		defer w.Close()
		settled := time.NewTimer(quiet)
		settled.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case event := <-w.Events:
				path, err := filepath.Rel(root, event.Name)
				if err != nil || !counts(path, names) || event.Op == fsnotify.Chmod {
					continue
				}
				if event.Has(fsnotify.Create) {
					add(w, event.Name) // a folder that is gone again needs no watch
				}
				settled.Reset(quiet)
			case <-w.Errors: // events were lost: what they told of may have changed
				settled.Reset(quiet)
			case <-settled.C:
				select {
				case changed <- struct{}{}:
				default: // one is on its way
				}
			}
		}
	}()
	return changed, nil
}

// add watches the folder and all below it.
func add(w *fsnotify.Watcher, folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case path != folder && ignored(entry.Name()):
			return filepath.SkipDir
		}
		return w.Add(path)
	})
}

// counts reports whether a change of the path, relative to the root, can change what is built from the named entries.
func counts(path string, names []string) bool {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return slices.Contains(names, parts[0]) && !slices.ContainsFunc(parts, ignored)
}

// ignored reports whether a file or folder of this name is no source.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, "_test.go") ||
		name == "node_modules" || name == "testdata"
}
