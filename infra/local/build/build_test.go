package build

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// repository creates a module with two functions without dependencies.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{
		"go.mod":                         "module example.com/small\n\ngo 1.26\n",
		"go.sum":                         "",
		"shared/word/word.go":            "package word\n\nconst Word = \"hello\"\n",
		"functions/things/get/main.go":   "package main\n\nimport \"example.com/small/shared/word\"\n\nfunc main() { println(word.Word) }\n",
		"functions/me/main.go":           "package main\n\nfunc main() {}\n",
		"functions/me/handler_test.go":   "package main\n",
		"functions/me/testdata/some.txt": "a",
		"functions/build.flags":          "-trimpath\n",
	} {
		write(t, root, path, text)
	}
	return root
}

func write(t *testing.T, root, path, text string) {
	t.Helper()
	file := filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// The timestamps of a file system may be too coarse to show the change.
	later := time.Now().Add(time.Duration(len(text)) * time.Second)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
}

// built builds both functions, and returns the sorted names of those that it built.
func built(t *testing.T, root string) []string {
	t.Helper()
	told := 0
	changed, err := Functions(t.Context(), root, []string{"me", "things/get"}, func(_ string, done, of int) {
		if told++; done != told || done > of {
			t.Errorf("it reports %d of %d, after %d", done, of, told-1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if told != len(changed) {
		t.Errorf("it reported %d, and built %q", told, changed)
	}
	slices.Sort(changed)
	return changed
}

func TestEachFunctionIsBuiltOnlyWhenItsSourcesChange(t *testing.T) {
	root := repository(t)
	expect := func(after string, want ...string) {
		t.Helper()
		if got := built(t, root); !slices.Equal(got, want) {
			t.Errorf("after %s it built %q, want %q", after, got, want)
		}
	}
	expect("nothing", "me", "things/get")
	expect("no change")
	write(t, root, "functions/me/handler_test.go", "package main // changed\n")
	write(t, root, "functions/me/testdata/some.txt", "changed")
	expect("a change of tests")
	write(t, root, "shared/word/word.go", "package word\n\nconst Word = \"good morning\"\n")
	expect("a change of an import", "things/get")
	if said, err := exec.Command(Binary(root, "things/get")).CombinedOutput(); string(said) != "good morning\n" {
		t.Errorf("the function that changed prints %q, %v", said, err)
	}
	write(t, root, "functions/me/more.go", "package main\n")
	expect("a new file", "me")
	write(t, root, "functions/me/text.go", "package main\n\nimport _ \"embed\"\n\n//go:embed text.txt\nvar text string\n")
	write(t, root, "functions/me/text.txt", "one")
	expect("a new embedded file", "me")
	write(t, root, "functions/me/text.txt", "two")
	expect("a change of an embedded file", "me")
	if err := os.Remove(Binary(root, "me")); err != nil {
		t.Fatal(err)
	}
	expect("a binary was removed", "me")
	write(t, root, "functions/build.flags", "-trimpath -tags=other\n")
	expect("a change of the flags", "me", "things/get")
	write(t, root, "go.mod", "module example.com/small\n\ngo 1.26\n\n// changed\n")
	expect("a change of go.mod", "me", "things/get")
}

func TestFunctionIsBuiltWhenAReplacedModuleChanges(t *testing.T) {
	root := repository(t)
	write(t, root, "other/go.mod", "module example.com/other\n\ngo 1.26\n")
	write(t, root, "other/other.go", "package other\n\nconst Word = \"one\"\n")
	write(t, root, "go.mod", "module example.com/small\n\ngo 1.26\n\nrequire example.com/other v1.0.0\n\nreplace example.com/other => ./other\n")
	write(t, root, "functions/me/main.go", "package main\n\nimport \"example.com/other\"\n\nfunc main() { println(other.Word) }\n")
	built(t, root)
	write(t, root, "other/other.go", "package other\n\nconst Word = \"another\"\n")
	if again := built(t, root); !slices.Equal(again, []string{"me"}) {
		t.Errorf("it built %q", again)
	}
}

func TestFunctionsBuiltBeforeAnErrorAreReturnedAndKept(t *testing.T) {
	root := repository(t)
	built(t, root)
	write(t, root, "functions/me/main.go", "package main\n\nfunc main() { nonsense() }\n")
	before, err := os.Stat(Binary(root, "me"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second call tries again
		changed, err := Functions(t.Context(), root, []string{"me", "things/get"}, nil)
		if len(changed) != 0 || err == nil || !strings.Contains(err.Error(), "undefined: nonsense") {
			t.Errorf("it built %q, %v", changed, err)
		}
	}
	if after, err := os.Stat(Binary(root, "me")); err != nil || !os.SameFile(before, after) {
		t.Errorf("the binary that worked is gone: %v", err)
	}
	write(t, root, "functions/me/main.go", "package main\n\nfunc main() {\n")
	if _, err := Functions(t.Context(), root, []string{"me"}, nil); err == nil || !strings.Contains(err.Error(), "functions/me does not build") || !strings.Contains(err.Error(), "syntax error") {
		t.Errorf("the error is %v", err)
	}
}

func TestBuildErrorContainsTheCompilersOutput(t *testing.T) {
	root := repository(t)
	write(t, root, "functions/me/main.go", "package main\n\nfunc main() { nonsense() }\n")
	_, err := Functions(t.Context(), root, []string{"me"}, nil)
	if err == nil || !strings.Contains(err.Error(), "functions/me does not build") || !strings.Contains(err.Error(), "undefined: nonsense") {
		t.Errorf("the error is %v", err)
	}
}

func TestMissingFunctionOfTheTemplateIsAnError(t *testing.T) {
	_, err := Functions(t.Context(), repository(t), []string{"things/put"}, nil)
	if err == nil || !strings.Contains(err.Error(), "functions/things/put/main.go does not exist") {
		t.Errorf("the error is %v", err)
	}
}

func TestBuildEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Functions(ctx, repository(t), []string{"me"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestConsoleIsBuiltOnceAndOnlyIfThereIsOne(t *testing.T) {
	root := repository(t)
	told := 0
	site := func() State {
		t.Helper()
		state, err := Site(t.Context(), root, func() { told++ })
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	if state := site(); state != None {
		t.Errorf("without a console the state is %v", state)
	}
	write(t, root, "console/site/main.go", `package main

import "os"

func main() {
	os.MkdirAll(os.Args[2], 0o755)
	os.WriteFile(os.Args[2]+"/index.html", []byte("<p>"), 0o600)
}
`)
	write(t, root, "console/app/main.go", "package main\n\nimport \"example.com/small/shared/word\"\n\nfunc main() { println(word.Word) }\n")
	write(t, root, "console/web/boot.js", "one")
	for _, want := range []State{Built, Fresh} {
		if state := site(); state != want {
			t.Errorf("the state is %v, want %v", state, want)
		}
	}
	write(t, root, "functions/me/main.go", "package main\n\nfunc main() { println() }\n")
	if state := site(); state != Fresh {
		t.Errorf("after a change of a function the state is %v", state)
	}
	write(t, root, "console/web/boot.js", "another")
	if state := site(); state != Built {
		t.Errorf("after a change of console/web the state is %v", state)
	}
	write(t, root, "shared/word/word.go", "package word\n\nconst Word = \"good morning\"\n")
	if state := site(); state != Built || told != 3 {
		t.Errorf("after a change of an import the state is %v; reported %d times", state, told)
	}
}
