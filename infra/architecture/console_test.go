package architecture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// notForBrowsers are modules and packages that must not be in the console's program, not even indirectly.
var notForBrowsers = []string{aws, "github.com/zitadel/", "github.com/go-jose/", "github.com/go-json-experiment/", "golang.org/x/text/", "log/slog"}

// wrongInProgram checks the packages that the console's program is built from: no server modules, no log/slog, and no net/http in
// our packages, because browsers have fetch and net/http adds megabytes.
func wrongInProgram(packages []pkg) (complaints []string) {
	for _, p := range packages {
		for _, n := range notForBrowsers {
			if strings.HasPrefix(p.ImportPath, n) {
				complaints = append(complaints, fmt.Sprintf("the console's program contains %s: go list -deps ./console/app shows which package imports it", p.ImportPath))
			}
		}
		for _, i := range p.Imports {
			if p.folder() != "" && (i == "net/http" || i == "net" || i == "crypto/tls") {
				complaints = append(complaints, fmt.Sprintf("%s imports %s in the console's program: use fetch there, and move Go's network packages to a file with a build tag", p.folder(), i))
			}
		}
	}
	return complaints
}

func TestProgramContainsNoServerCode(t *testing.T) {
	holds(t, wrongInProgram(ofProgram(t)))
}

func TestServerCodeInTheProgramIsFound(t *testing.T) {
	complains(t, wrongInProgram([]pkg{
		{ImportPath: aws + "aws-sdk-go-v2/aws"},
		{ImportPath: "log/slog"},
		{ImportPath: module + "shared/client", Imports: []string{"context", "net/http"}},
		{ImportPath: "github.com/maxence-charriere/go-app/v9/pkg/app", Imports: []string{"net/http"}},
		{ImportPath: module + "console/ui", Imports: []string{"net/url"}},
	}), "aws-sdk-go-v2/aws", "contains log/slog", "shared/client imports net/http")
}

// maxProgramBytes is the maximum size of the console's program as a CDN serves it: compressed with brotli quality 11.
const maxProgramBytes = 1_390_000

func tooLarge(bytes int64) (complaints []string) {
	if bytes > maxProgramBytes {
		complaints = append(complaints, fmt.Sprintf("the console's program has %d bytes compressed, %d over its budget: go list -deps ./console/app lists its packages", bytes, bytes-maxProgramBytes))
	}
	return complaints
}

func TestProgramIsWithinItsBudget(t *testing.T) {
	site := filepath.Join(t.TempDir(), "site")
	cmd := exec.Command("go", "run", "./console/site", "-fast", "-out", site)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the console: %v\n%s", err, out)
	}
	programs, err := filepath.Glob(filepath.Join(site, "web", "app.*.wasm"))
	if err != nil || len(programs) != 1 {
		t.Fatalf("programs of the console: %v %v", programs, err)
	}
	program, err := os.ReadFile(programs[0])
	if err != nil {
		t.Fatal(err)
	}
	// Quality 11 takes half a minute. A lower quality is faster, and if its output fits, that of quality 11 fits too.
	var size counter
	for _, effort := range []int{9, 10, 11} {
		size = 0
		w := brotli.NewWriterOptions(&size, brotli.WriterOptions{Quality: effort, LGWin: 24}) // the window of console/site
		if _, err := w.Write(program); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("brotli %d: %d bytes, of %d", effort, size, maxProgramBytes)
		if size <= maxProgramBytes {
			break
		}
	}
	holds(t, tooLarge(int64(size)))
}

func TestProgramOverItsBudgetIsFound(t *testing.T) {
	complains(t, tooLarge(maxProgramBytes))
	complains(t, tooLarge(maxProgramBytes+1), "1 over its budget")
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
