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

// pkg is a package, as `go list` tells it.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	GoFiles    []string
	Imports    []string
	Standard   bool
}

// folder returns the package's folder within the module: shared/api. It is empty for a package of
// somebody else.
func (p pkg) folder() string {
	folder, ok := strings.CutPrefix(p.ImportPath, module)
	if !ok {
		return ""
	}
	return folder
}

// list returns the packages that the patterns name, as they are built for a system. With -deps in
// the patterns, all that they are built from too. Test files don't count.
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

// listed are the lists that were made: no test runs beside another.
var listed struct {
	host, browser, program []pkg
}

// onHost returns all packages as hosts build them.
func onHost(t *testing.T) []pkg {
	t.Helper()
	if listed.host == nil {
		listed.host = list(t, "linux", "arm64", "./...")
	}
	return listed.host
}

// inBrowser returns the packages that a browser may run, as it builds them.
func inBrowser(t *testing.T) []pkg {
	t.Helper()
	if listed.browser == nil {
		listed.browser = list(t, "js", "wasm", "./console/...", "./shared/...")
	}
	return listed.browser
}

// ofProgram returns all that the console's program is built from, the standard library too.
func ofProgram(t *testing.T) []pkg {
	t.Helper()
	if listed.program == nil {
		listed.program = list(t, "js", "wasm", "-deps", "./console/app")
	}
	return listed.program
}

// holds reports every complaint.
func holds(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// complains wants a complaint with each of the texts and no other.
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
