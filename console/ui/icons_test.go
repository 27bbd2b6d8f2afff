package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named finds the icons that the source names in calls and fields.
var named = regexp.MustCompile(`(?:Icon\(|[iI]con(?:End)?: *|\bicon :?= |Banner\("[a-z]*", )"([a-z-]+)"`)

func TestEveryIconIsInTheSprite(t *testing.T) {
	text, err := os.ReadFile("../web/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	symbols := map[string]bool{}
	for _, m := range regexp.MustCompile(`<symbol id="([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		if !regexp.MustCompile(`^[a-z-]+$`).MatchString(m[1]) {
			t.Errorf("a symbol is called %q", m[1])
		}
		symbols[m[1]] = true
	}
	used := 0
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			if used++; !symbols[m[1]] {
				t.Errorf("%s: there is no icon %q", path, m[1])
			}
		}
		return err
	})
	if err != nil || used < 50 {
		t.Errorf("%d icons in use: %v", used, err)
	}
}
