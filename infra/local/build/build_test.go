package build

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// repository makes a module with two functions that need no dependency.
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
	// The clock of a file system may be coarser than a test is fast.
	later := time.Now().Add(time.Duration(len(text)) * time.Second)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
}

// built builds both functions and returns what was told.
func built(t *testing.T, root string) []string {
	t.Helper()
	var mu sync.Mutex
	var told []string
	err := Functions(t.Context(), root, []string{"me", "things/get"}, func(line string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, line)
	})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func TestWhatDidNotChangeIsNotBuiltAgain(t *testing.T) {
	root := repository(t)
	told := built(t, root)
	if len(told) != 2 || !strings.Contains(strings.Join(told, "\n"), "things/get") {
		t.Errorf("told is %q", told)
	}
	if again := built(t, root); len(again) != 0 {
		t.Errorf("without a change it built %q", again)
	}
	write(t, root, "functions/me/handler_test.go", "package main // changed\n")
	write(t, root, "functions/me/testdata/some.txt", "changed")
	if again := built(t, root); len(again) != 0 {
		t.Errorf("after a change of tests it built %q", again)
	}
	unchanged, err := os.Stat(Binary(root, "me"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "shared/word/word.go", "package word\n\nconst Word = \"good morning\"\n")
	if again := built(t, root); len(again) != 2 {
		t.Errorf("after a change it built %q", again)
	}
	if now, err := os.Stat(Binary(root, "me")); err != nil || !os.SameFile(now, unchanged) {
		t.Errorf("a function whose imports did not change was linked again: %v", err)
	}
	if said, err := exec.Command(Binary(root, "things/get")).CombinedOutput(); string(said) != "good morning\n" {
		t.Errorf("the function that changed says %q, %v", said, err)
	}
	if err := os.Remove(Binary(root, "me")); err != nil {
		t.Fatal(err)
	}
	if again := built(t, root); len(again) != 2 {
		t.Errorf("after a binary was removed it built %q", again)
	}
}

func TestFunctionThatDoesNotBuildIsSaidWithTheCompilersWords(t *testing.T) {
	root := repository(t)
	write(t, root, "functions/me/main.go", "package main\n\nfunc main() { nonsense() }\n")
	err := Functions(t.Context(), root, []string{"me"}, func(string) {})
	if err == nil || !strings.Contains(err.Error(), "functions/me does not build") || !strings.Contains(err.Error(), "undefined: nonsense") {
		t.Errorf("the error is %v", err)
	}
}

func TestFunctionOfTheTemplateThatIsNotThereIsSaid(t *testing.T) {
	err := Functions(t.Context(), repository(t), []string{"things/put"}, func(string) {})
	if err == nil || !strings.Contains(err.Error(), "functions/things/put/main.go is not there") {
		t.Errorf("the error is %v", err)
	}
}

func TestBuildEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Functions(ctx, repository(t), []string{"me"}, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestConsoleIsBuiltOnceAndOnlyWhereThereIsOne(t *testing.T) {
	root := repository(t)
	var told []string
	tell := func(line string) { told = append(told, line) }
	if there, err := Site(t.Context(), root, tell); there || err != nil {
		t.Errorf("without a console the answer is %t, %v", there, err)
	}
	write(t, root, "console/site/main.go", `package main

import "os"

func main() {
	os.MkdirAll(os.Args[2], 0o755)
	os.WriteFile(os.Args[2]+"/index.html", []byte("<p>"), 0o600)
}
`)
	for range 2 {
		if there, err := Site(t.Context(), root, tell); !there || err != nil {
			t.Errorf("the answer is %t, %v", there, err)
		}
	}
	if !slices.Equal(told, []string{"building the console"}) {
		t.Errorf("told is %q", told)
	}
}
