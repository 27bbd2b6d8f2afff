package architecture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// nounOf returns the noun of a folder in functions/: keys for functions/keys/create and functions/keys/internal/change.
func nounOf(folder string) string {
	noun, _, _ := strings.Cut(strings.TrimPrefix(folder, "functions/"), "/")
	return noun
}

// foreignParts finds functions that import a package of another noun, directly or indirectly: their binaries would
// change whenever that noun changes. Packages in functions/internal belong to several nouns.
func foreignParts(packages []pkg) (complaints []string) {
	imports := map[string][]string{}
	for _, p := range packages {
		imports[p.folder()] = p.Imports
	}
	for _, p := range packages {
		if p.Name != "main" || !within(p.folder(), "functions") {
			continue
		}
		seen := map[string]bool{}
		waiting := []string{p.folder()}
		for len(waiting) > 0 {
			folder := waiting[0]
			waiting = waiting[1:]
			for _, imported := range imports[folder] {
				own, ours := strings.CutPrefix(imported, module)
				if !ours || seen[own] {
					continue
				}
				seen[own] = true
				waiting = append(waiting, own)
				if within(own, "functions") && !within(own, "functions/internal") && nounOf(own) != nounOf(p.folder()) {
					complaints = append(complaints, fmt.Sprintf("%s imports %s through %s: it belongs to another noun", p.folder(), own, folder))
				}
			}
		}
	}
	return complaints
}

func TestFunctionsImportOnlyTheirNoun(t *testing.T) {
	holds(t, foreignParts(onHost(t)))
}

func TestFunctionThatImportsAnotherNounIsFound(t *testing.T) {
	packages := func(imported string) []pkg {
		return []pkg{
			{ImportPath: module + "functions/keys/disable", Name: "main", Imports: []string{module + "functions/keys/internal/change"}},
			{ImportPath: module + "functions/keys/internal/change", Name: "change", Imports: []string{module + imported}},
		}
	}
	complains(t, foreignParts(packages("functions/arxes/internal/change")), "through functions/keys/internal/change")
	complains(t, foreignParts(packages("functions/internal/catalog")))
	complains(t, foreignParts(packages("shared/keys")))
}

// TestBinaryChangesOnlyWithItsNoun changes the shared code of one noun, and checks that the binaries of another noun
// do not change.
func TestBinaryChangesOnlyWithItsNoun(t *testing.T) {
	flags, err := os.ReadFile("../../functions/build.flags")
	if err != nil {
		t.Fatal(err)
	}
	shared, err := filepath.Abs("../../functions/applications/internal/change/change.go")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(shared)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "change.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{shared: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{changed: append(text, "\nfunc init() { println(\"changed\") }\n"...), overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := func(function string, args ...string) []byte {
		t.Helper()
		out := filepath.Join(dir, "bootstrap")
		cmd := exec.Command("go", slices.Concat([]string{"build", "-o", out}, args, []string{"./functions/" + function})...)
		cmd.Dir = "../.."
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS="+strings.TrimSpace(string(flags)))
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", function, err, said)
		}
		binary, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return binary
	}
	for function, same := range map[string]bool{"keys/disable": true, "applications/disable": false} {
		if bytes.Equal(build(function), build(function, "-overlay", overlay)) != same {
			t.Errorf("functions/%s is the same binary: %v, want %v", function, !same, same)
		}
	}
}

var (
	declared = regexp.MustCompile(`(?m)^(?:\t|var )(\w+) += Operation\[[^\n]*\{\n\t+Name: "([^"]+)"`)
	served   = regexp.MustCompile(`\bStart\w*\(api\.(\w+)`)
	done     = regexp.MustCompile(`\bchange\.Do\((\w+)\.(\w+)\)`)
)

// wrongMains finds mains that serve another operation, or perform another action, than their folder's name says.
func wrongMains(mains map[string]string, operations map[string]string) (complaints []string) {
	for folder, text := range mains {
		for _, m := range served.FindAllStringSubmatch(text, -1) {
			if name := operations[m[1]]; strings.ReplaceAll(name, ".", "/") != folder {
				complaints = append(complaints, fmt.Sprintf("functions/%s serves api.%s, which is %q", folder, m[1], name))
			}
		}
		for _, m := range done.FindAllStringSubmatch(text, -1) {
			if action := m[1] + "/" + strings.ToLower(m[2]); action != folder {
				complaints = append(complaints, fmt.Sprintf("functions/%s does %s.%s", folder, m[1], m[2]))
			}
		}
	}
	return complaints
}

func TestMainsServeTheOperationOfTheirFolder(t *testing.T) {
	files, err := filepath.Glob("../../shared/api/*.go")
	if err != nil {
		t.Fatal(err)
	}
	operations := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			operations[m[1]] = m[2]
		}
	}
	mains := map[string]string{}
	for _, folder := range functionFolders(t) {
		text, err := os.ReadFile(filepath.Join("../../functions", folder, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if mains[folder] = string(text); !withoutOperation(folder) && !served.Match(text) {
			t.Errorf("functions/%s: its main names no operation", folder)
		}
	}
	holds(t, wrongMains(mains, operations))
}

func TestMainOfAnotherOperationIsFound(t *testing.T) {
	operations := map[string]string{"DisableKey": "keys.disable", "EnableKey": "keys.enable"}
	one := func(text string) map[string]string { return map[string]string{"keys/disable": text} }
	complains(t, wrongMains(one("change.Start(api.DisableKey, change.Do(keys.Disable))"), operations))
	complains(t, wrongMains(one("change.Start(api.EnableKey, change.Do(keys.Disable))"), operations), "serves api.EnableKey")
	complains(t, wrongMains(one("change.Start(api.DisableKey, change.Do(keys.Enable))"), operations), "does keys.Enable")
	complains(t, wrongMains(one("change.Start(api.DisableKey, change.Do(arxes.Disable))"), operations), "does arxes.Disable")
}
