package trim

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module is a small one that ours requires, and whose package cmp a copy changes.
const module = "github.com/google/go-cmp"

// small is a folder that requires what ours does.
func small(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestModuleIsCopiedAsItIsEdited(t *testing.T) {
	root := small(t)
	edit := func(name string, content []byte) ([]byte, error) {
		switch name {
		case "cmp/path.go":
			return nil, nil
		case "cmp/options.go":
			return append(content, "// changed\n"...), nil
		}
		return content, nil
	}
	make := func() string {
		t.Helper()
		modfile, err := Module(t.Context(), root, module, edit, map[string]string{"cmp/more.go": "package cmp\n"})
		if err != nil || modfile != "build/trimmed/go-cmp.mod" {
			t.Fatalf("%q, %v", modfile, err)
		}
		mod, err := os.ReadFile(filepath.Join(root, modfile))
		if err != nil {
			t.Fatal(err)
		}
		_, folder, ok := strings.Cut(string(mod), "\nreplace "+module+" => ./")
		if !ok {
			t.Fatalf("nothing is replaced:\n%s", mod)
		}
		return filepath.Join(root, strings.TrimSpace(folder))
	}
	folder := make()
	has := func(name, what string) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(folder, name))
		if gone := errors.Is(err, os.ErrNotExist); gone != (what == "") || !strings.Contains(string(content), what) {
			t.Errorf("%s: %v, want %q in %q", name, err, what, content)
		}
	}
	has("cmp/compare.go", "package cmp")
	has("cmp/options.go", "// changed")
	has("cmp/more.go", "package cmp")
	has("go.mod", "module "+module)
	has("LICENSE", "Redistribution")
	has("cmp/path.go", "")
	has("cmp/compare_test.go", "")
	has("README.md", "")

	// Made again, nothing that is right is written again.
	options, long := filepath.Join(folder, "cmp", "options.go"), time.Now().Add(-time.Hour)
	if err := os.Chtimes(options, long, long); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "cmp", "compare.go"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	make()
	has("cmp/compare.go", "package cmp")
	if info, err := os.Stat(options); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("%v, %v", info.ModTime(), err)
	}
}

func TestEditThatFailsAndModuleThatIsNotThereAreTold(t *testing.T) {
	no := errors.New("no")
	if _, err := Module(t.Context(), small(t), module, func(string, []byte) ([]byte, error) { return nil, no }, nil); !errors.Is(err, no) {
		t.Error(err)
	}
	if _, err := Module(t.Context(), small(t), "example.com/nowhere", nil, nil); err == nil || !strings.Contains(err.Error(), "example.com/nowhere") {
		t.Error(err)
	}
}
