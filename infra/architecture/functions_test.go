package architecture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// hot are the functions that run before every request to a protected API, and so start most often.
var hot = []string{"keys/verify", "authorizers/apikey"}

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
