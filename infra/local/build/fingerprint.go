package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
)

// fingerprint changes when a file below the paths is added, removed or written, when other names are asked for, and with
// the toolchain.
func fingerprint(root string, names []string, paths ...string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH, strings.Join(names, " "))
	for _, path := range paths {
		err := filepath.WalkDir(filepath.Join(root, path), func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case skip(entry) && entry.IsDir():
				return filepath.SkipDir
			case skip(entry) || entry.IsDir():
				return nil
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			fmt.Fprintln(sum, file, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("look at the sources: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
