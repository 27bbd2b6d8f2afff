package trim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// module is a small module that ours requires. The copy changes its package cmp.
const module = "github.com/google/go-cmp"

// small returns a module folder with our requirements.
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

// contents returns the contents of the folder's files, by name.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(folder, file)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCopyHoldsWhatTheEditsSayAndNothingElse(t *testing.T) {
	root := small(t)
	edits := Edits{
		Drop:   []string{"cmp/cmpopts", "cmp/path.go"},
		Change: []Change{{"cmp/options.go", "package cmp", "package cmp // changed"}},
		Rewrite: map[string]func([]byte) ([]byte, error){
			"cmp/compare.go": func(content []byte) ([]byte, error) { return append(content, "// rewritten\n"...), nil },
		},
		Add: map[string]string{"cmp/more.go": "package cmp\n"},
	}
	folder := filepath.Join(root, Folder, "go-cmp")
	made := func(edits Edits) map[string]string {
		t.Helper()
		modfile, err := Module(t.Context(), root, module, edits)
		if err != nil || modfile != "build/trimmed/go-cmp.mod" {
			t.Fatalf("%q, %v", modfile, err)
		}
		mod, err := os.ReadFile(filepath.Join(root, modfile))
		if err != nil || strings.Count(string(mod), "replace "+module+" => ./build/trimmed/go-cmp\n") != 1 {
			t.Fatalf("%v, the go.mod is:\n%s", err, mod)
		}
		return contents(t, folder)
	}
	files := made(edits)
	for name, want := range map[string]string{
		"cmp/compare.go": "// rewritten\n", "cmp/options.go": "package cmp // changed", "cmp/more.go": "package cmp\n",
		"go.mod": "module " + module, "LICENSE": "Redistribution",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s does not hold %q", name, want)
		}
	}
	for _, name := range []string{"cmp/path.go", "cmp/cmpopts/equate.go", "cmp/compare_test.go", "README.md"} {
		if _, ok := files[name]; ok {
			t.Errorf("%s is there", name)
		}
	}

	// A second call writes only what is wrong, and deletes what does not belong there.
	options, long := filepath.Join(folder, "cmp", "options.go"), time.Now().Add(-time.Hour)
	if err := os.Chtimes(options, long, long); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cmp/compare.go": "broken", "cmp/of_another_version.go": "package cmp\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(files, made(edits)); diff != "" {
		t.Errorf("made again (-first +again):\n%s", diff)
	}
	if info, err := os.Stat(options); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("%v, %v", info.ModTime(), err)
	}

	// With other edits, dropped files return, and added files are gone.
	files = made(Edits{})
	if _, ok := files["cmp/more.go"]; ok || files["cmp/path.go"] == "" || strings.Contains(files["cmp/options.go"], "changed") {
		t.Error("something of the edits before is left")
	}
}

func TestReplacementInGoModIsWhatIsTrimmed(t *testing.T) {
	root := small(t)
	own := filepath.Join(root, "own")
	if err := os.MkdirAll(filepath.Join(own, "cmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module " + module + "\n\ngo 1.26\n", "cmp/own.go": "package cmp\n\nconst Own = true\n"} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := goCommand(t.Context(), root, "mod", "edit", "-replace="+module+"=./own"); err != nil {
		t.Fatal(out, err)
	}
	modfile, err := Module(t.Context(), root, module, Edits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := contents(t, filepath.Join(root, Folder, "go-cmp"))["cmp/own.go"]; !ok {
		t.Error("the copy is not of what go.mod names")
	}
	if out, err := goCommand(t.Context(), root, "list", "-modfile="+modfile, "-m", "-f", "{{.Replace.Path}}", module); err != nil || out != "./build/trimmed/go-cmp\n" {
		t.Errorf("it is built with %q, %v", out, err)
	}
}

func TestWhatTheEditsNameAndIsNotThereIsAnErrorThatNamesIt(t *testing.T) {
	root := small(t)
	_, err := Module(t.Context(), root, module, Edits{
		Drop:   []string{"cmp/server.go", "cmp/path.go"},
		Change: []Change{{"cmp/nowhere.go", "a", "b"}, {"cmp/options.go", "no such text", "b"}},
		Rewrite: map[string]func([]byte) ([]byte, error){
			"cmp/gone.go":   func(content []byte) ([]byte, error) { return content, nil },
			"cmp/report.go": func([]byte) ([]byte, error) { return nil, errors.New("not understood") },
		},
		Add: map[string]string{"cmp/compare.go": ""},
	})
	for _, want := range []string{module, "cmp/server.go is to be left out, and is not there", "cmp/nowhere.go is to be changed, and is not there", "cmp/options.go is to be changed, and does not hold no such text", "cmp/gone.go is to be rewritten, and is not there", "cmp/report.go is to be rewritten: not understood", "cmp/compare.go is to be added, and is there already"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "cmp/path.go") {
		t.Errorf("it complains of what is there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, Folder)); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
}

func TestModuleThatIsNotThereIsNamed(t *testing.T) {
	if _, err := Module(t.Context(), small(t), "example.com/nowhere", Edits{}); err == nil || !strings.Contains(err.Error(), "example.com/nowhere") {
		t.Error(err)
	}
}
