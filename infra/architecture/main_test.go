package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// sources are the files and folders that the rules check, relative to the repository's root.
var sources = []string{".ci", ".github", "console", "functions", "infra", "shared", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "go.mod", "go.sum", "template.yaml"}

// TestMain stats every source file, so that Go's test cache knows them. The cache tracks only files that the test
// process opens, and the rules use the go command, make and git.
func TestMain(m *testing.M) {
	for _, name := range sources {
		err := filepath.WalkDir(filepath.Join("..", "..", name), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
