package house

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// notForBrowsers are modules that have no place in the console's program, wherever they come from.
var notForBrowsers = []string{aws, "github.com/zitadel/", "github.com/swaggest/", "github.com/go-jose/", "github.com/go-json-experiment/", "golang.org/x/text/"}

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
			if p.room() != "" && (i == "net/http" || i == "net" || i == "crypto/tls") {
				complaints = append(complaints, fmt.Sprintf("%s imports %s in the console's program: call fetch there, and keep Go's network in a file with a build tag", p.room(), i))
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

// maxProgramBytes is the budget of the console's program, compressed by gzip. That is 1.8 MB by
// brotli, which browsers get and which takes 20 s to find out.
const maxProgramBytes = 2_440_000

func tooLarge(bytes int64) (complaints []string) {
	if bytes > maxProgramBytes {
		complaints = append(complaints, fmt.Sprintf("the console's program has %d bytes compressed, %d over its budget: go build -ldflags=-dumpdep, or go tool nm -size -sort size, tells what weighs", bytes, bytes-maxProgramBytes))
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
	file, err := os.Open(programs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var size counter
	z, _ := gzip.NewWriterLevel(&size, gzip.BestCompression)
	if _, err := io.Copy(z, file); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d of the budget", size, maxProgramBytes)
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
