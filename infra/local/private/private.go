// Package private creates folders and files that only their owner can read.
package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

// Folder creates the folder and its parents if they do not exist, and restricts an existing folder to its owner. A
// folder that is meant to be shared, such as /tmp, is an error.
func Folder(path string) error {
	if err := os.MkdirAll(path, folderMode); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSticky != 0 {
		return fmt.Errorf("%s is a shared folder: choose one for Arxkeys only, such as %s/arxkeys", path, path)
	}
	return restrict(path, info, folderMode)
}

// Files restricts files to their owner. It ignores missing files.
func Files(paths ...string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = restrict(path, info, fileMode)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// restrict changes the mode if it allows others anything.
func restrict(path string, info fs.FileInfo, mode fs.FileMode) error {
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(path, mode)
}

// Write writes a file atomically: a reader finds either the old text or the new text.
func Write(path string, text []byte) error {
	next := path + ".next"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // left by a crash
		return err
	}
	f, err := os.OpenFile(next, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(next, path)
}
