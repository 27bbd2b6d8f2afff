// Package watch reports when files of a source tree change.
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

// quiet is how long the tree must be unchanged before a change is reported: an editor or a git checkout writes many
// files at once.
const quiet = 100 * time.Millisecond

// Tree sends on the returned channel when one of the named entries of root has changed: a file, or anything in a
// folder, including folders that are created later. It ignores tests, testdata, hidden files and editors' backups.
// Changes that were not received yet are merged into one. Tree watches until the context ends.
func Tree(ctx context.Context, root string, names ...string) (<-chan struct{}, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the sources: %w", err)
	}
	err = w.Add(root) // watches the folder for its files: an editor replaces a file, which would end a watch of the file itself
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
					add(w, event.Name) // ignore errors: the folder may be gone again
				}
				settled.Reset(quiet)
			case <-w.Errors: // events were lost: assume a change
				settled.Reset(quiet)
			case <-settled.C:
				select {
				case changed <- struct{}{}:
				default: // a change is pending already
				}
			}
		}
	}()
	return changed, nil
}

// add watches the folder and all of its subfolders.
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

// counts reports whether a change of the path, relative to the root, can affect a build of the named entries.
func counts(path string, names []string) bool {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return slices.Contains(names, parts[0]) && !slices.ContainsFunc(parts, ignored)
}

// ignored reports whether a file or folder of this name is not a source.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, "_test.go") ||
		name == "node_modules" || name == "testdata"
}
