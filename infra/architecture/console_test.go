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

// notForBrowsers are modules that have no place in the console's program, wherever they come from.
var notForBrowsers = []string{aws, "github.com/zitadel/", "github.com/go-jose/", "github.com/go-json-experiment/", "golang.org/x/text/"}

// wrongInProgram holds what the program is built from against what a browser may hold: no module of
// a server, and no network of Go's own in our packages, since fetch is there and net/http weighs
// megabytes.
func wrongInProgram(packages []pkg) (complaints []string) {
	for _, p := range packages {
		for _, n := range notForBrowsers {
			if strings.HasPrefix(p.ImportPath, n) {
				complaints = append(complaints, fmt.Sprintf("the console's program holds %s: go list -deps ./console/app tells who brings it", p.ImportPath))
			}
		}
		for _, i := range p.Imports {
			if p.folder() != "" && (i == "net/http" || i == "net" || i == "crypto/tls") {
				complaints = append(complaints, fmt.Sprintf("%s imports %s in the console's program: call fetch there, and keep Go's network in a file with a build tag", p.folder(), i))
			}
		}
	}
	return complaints
}

func TestProgramHoldsNothingOfAServer(t *testing.T) {
	holds(t, wrongInProgram(ofProgram(t)))
}

func TestServersPartsInTheProgramAreFound(t *testing.T) {
	complains(t, wrongInProgram([]pkg{
		{ImportPath: aws + "aws-sdk-go-v2/aws"},
		{ImportPath: module + "shared/client", Imports: []string{"context", "net/http"}},
		{ImportPath: "github.com/maxence-charriere/go-app/v9/pkg/app", Imports: []string{"net/http"}},
		{ImportPath: module + "console/ui", Imports: []string{"net/url"}},
	}), "aws-sdk-go-v2/aws", "shared/client imports net/http")
}

// maxProgramBytes is the budget of the console's program as a browser fetches it from an edge:
// compressed by brotli with all effort (11).
const maxProgramBytes = 1_600_000

func tooLarge(bytes int64) (complaints []string) {
	if bytes > maxProgramBytes {
		complaints = append(complaints, fmt.Sprintf("the console's program has %d bytes compressed, %d over its budget: go list -deps ./console/app tells what it is built from", bytes, bytes-maxProgramBytes))
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
	// All effort takes half a minute. What fits with less fits with all, so less comes first.
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

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
