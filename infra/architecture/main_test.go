package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// sources are what the rules are about, from the repository's root.
var sources = []string{".ci", ".github", "console", "functions", "infra", "shared", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "go.mod", "go.sum", "template.yaml"}

// TestMain looks at every source. Go's test cache asks again only what a test itself has opened, and the rules ask the
// go command, make and git, whose reading it does not see.
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
