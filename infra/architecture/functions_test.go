package architecture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hot are the functions that run before every request to a protected API, and so start most often.
var hot = []string{"keys/verify", "check", "authorizers/apikey"}

// maxHotBytes is the maximum size of such a function's deployed binary, which Lambda downloads and maps before it
// starts.
const maxHotBytes = 9_000_000

func tooHeavy(name string, bytes int64) (complaints []string) {
	if bytes > maxHotBytes {
		complaints = append(complaints, fmt.Sprintf("functions/%s has %d bytes, %d over its budget: go list -deps and go tool nm -size -sort size show what is large", name, bytes, bytes-maxHotBytes))
	}
	return complaints
}

func TestHotFunctionsAreWithinTheirBudget(t *testing.T) {
	for _, name := range hot {
		binary := filepath.Join("build", "functions", name, "bootstrap")
		cmd := exec.Command("make", binary)
		cmd.Dir = "../.."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
		file, err := os.Stat(filepath.Join(cmd.Dir, binary))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, %d of the budget", name, file.Size(), maxHotBytes)
		holds(t, tooHeavy(name, file.Size()))
	}
}

func TestFunctionOverItsBudgetIsFound(t *testing.T) {
	complains(t, tooHeavy("keys/verify", maxHotBytes))
	complains(t, tooHeavy("keys/verify", maxHotBytes+1), "1 over its budget")
}

// wrongClients finds packages of the AWS SDK, among those that functions link, that only the deployment may use: each
// client of a service has megabytes, and the loader of configuration reads files that a function does not have.
func wrongClients(packages []pkg) (complaints []string) {
	const sdk = aws + "aws-sdk-go-v2/"
	for _, p := range packages {
		service, client := strings.CutPrefix(p.ImportPath, sdk+"service/")
		service, _, _ = strings.Cut(service, "/")
		if client && service != "dynamodb" && service != "internal" || within(p.ImportPath, sdk+"config") {
			complaints = append(complaints, fmt.Sprintf("a function links %s: DynamoDB is the only service that functions call", p.ImportPath))
		}
	}
	return complaints
}

func TestFunctionsLinkTheClientOfOneService(t *testing.T) {
	linked := list(t, "linux", "arm64", "-deps", "./functions/...")
	if !slices.ContainsFunc(linked, func(p pkg) bool { return p.ImportPath == aws+"aws-sdk-go-v2/service/dynamodb" }) {
		t.Error("functions do not link the client of DynamoDB: this test looks at the wrong packages")
	}
	holds(t, wrongClients(linked))
}

func TestFunctionsWithOtherClientsAreFound(t *testing.T) {
	one := func(path string) []pkg { return []pkg{{ImportPath: aws + "aws-sdk-go-v2/" + path}} }
	complains(t, wrongClients(one("service/s3/types")), "service/s3/types")
	complains(t, wrongClients(one("config")), "aws-sdk-go-v2/config")
	complains(t, wrongClients(one("service/dynamodb/types")))
	complains(t, wrongClients(one("service/internal/accept-encoding")))
	complains(t, wrongClients(one("internal/configsources")))
}
