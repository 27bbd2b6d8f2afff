package architecture

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// module is the path that all packages of this repository begin with.
const module = "github.com/arxkeys/arxkeys/"

// pkg is a package as `go list` describes it.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	GoFiles    []string
	Imports    []string
	Standard   bool
}

// folder returns the package's folder in the module, such as shared/api. It is empty for a package of another module.
func (p pkg) folder() string {
	folder, ok := strings.CutPrefix(p.ImportPath, module)
	if !ok {
		return ""
	}
	return folder
}

// list returns the packages that match the patterns, as built for a system. With -deps in the patterns, it includes
// their dependencies. It ignores test files.
func list(t *testing.T, system, architecture string, patterns ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Name,Doc,GoFiles,Imports,Standard"}, patterns...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.Bytes())
	}
	var packages []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
	if len(packages) == 0 {
		t.Fatalf("go list %s: no packages", strings.Join(patterns, " "))
	}
	return packages
}

// listed caches the lists. It needs no lock, because no tests here run in parallel.
var listed struct {
	host, browser, program []pkg
}

// onHost returns all packages, as built for hosts.
func onHost(t *testing.T) []pkg {
	t.Helper()
	if listed.host == nil {
		listed.host = list(t, "linux", "arm64", "./...")
	}
	return listed.host
}

// inBrowser returns the packages that may run in a browser, as built for it.
func inBrowser(t *testing.T) []pkg {
	t.Helper()
	if listed.browser == nil {
		listed.browser = list(t, "js", "wasm", "./console/...", "./shared/...")
	}
	return listed.browser
}

// ofProgram returns all packages of the console's program, including the standard library.
func ofProgram(t *testing.T) []pkg {
	t.Helper()
	if listed.program == nil {
		listed.program = list(t, "js", "wasm", "-deps", "./console/app")
	}
	return listed.program
}

// holds fails the test for every complaint.
func holds(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// complains fails the test unless there is one complaint for each text, in this order, that contains the text.
func complains(t *testing.T, complaints []string, texts ...string) {
	t.Helper()
	if len(complaints) != len(texts) {
		t.Errorf("%d complaints, want %d: %q", len(complaints), len(texts), complaints)
		return
	}
	for i, text := range texts {
		if !strings.Contains(complaints[i], text) {
			t.Errorf("complaint %q does not name %q", complaints[i], text)
		}
	}
}
