package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestRefusalsCostWhatIsDocumented checks that the function reads and writes nothing: it links no package
// that could.
func TestRefusalsCostWhatIsDocumented(t *testing.T) {
	linked, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := string(linked); !strings.Contains(deps, "/shared/lambda/http\n") || strings.Contains(deps, "/shared/store") || strings.Contains(deps, "aws-sdk-go") {
		t.Errorf("it links\n%s", deps)
	}
	text, err := os.ReadFile("../../infra/docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"| a method that the path does not have | 405 | 1 | 0 | 0 |", "| a path below `/v1/` that no operation has | 404 | 1 | 0 | 0 |", "| a path outside of `/v1/` | 404 | 0 | 0 | 0 |", "| a direct call, where these are refused | 403 | 1 | 0 | 0 |"} {
		if !strings.Contains(string(text), "\n"+row+"\n") {
			t.Errorf("infra/docs/security.md has no row %s", row)
		}
	}
}
