package watch

import (
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestChangesOfSourcesAreReported(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "functions/keys/get/handler.go"))
	changed, err := Tree(t.Context(), root, "functions", "console", "template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	told := func(what string) {
		t.Helper()
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("%s is not reported", what)
		}
	}
	write(t, filepath.Join(root, "functions/keys/get/handler.go"))
	told("an edit")
	write(t, filepath.Join(root, "functions/keys/put/main.go"))
	told("a new folder with a file")
	write(t, filepath.Join(root, "functions/keys/put/main.go"))
	told("an edit in the new folder")
	write(t, filepath.Join(root, "template.yaml"))
	told("an edit beside the folders")
	// Many editors write another file and rename it.
	write(t, filepath.Join(root, "functions/keys/get/.handler.go.swp"))
	if err := os.Rename(filepath.Join(root, "functions/keys/get/.handler.go.swp"), filepath.Join(root, "functions/keys/get/handler.go")); err != nil {
		t.Fatal(err)
	}
	told("a file that is renamed over another")
	if err := os.RemoveAll(filepath.Join(root, "functions/keys/put")); err != nil {
		t.Fatal(err)
	}
	told("a removal")
}

func TestOnlySourcesCount(t *testing.T) {
	for path, want := range map[string]bool{
		"functions/me/main.go": true, "functions/me": true, "template.yaml": true,
		"README.md": false, "build/local/x": false, "functions/me/handler_test.go": false, "functions/me/main.go~": false,
		"functions/me/.main.go.swp": false, "functions/me/testdata/some.json": false, "functions/node_modules/a/b.go": false,
	} {
		if got := counts(path, []string{"functions", "template.yaml"}); got != want {
			t.Errorf("%s counts: %t", path, got)
		}
	}
}
