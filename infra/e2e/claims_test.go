package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
)

// The function has no table and no credentials on AWS either.
func TestUserPoolsTriggerAddsClaims(t *testing.T) {
	const name = "cognito/claims"
	if _, err := build.Functions(t.Context(), root, []string{name}, nil); err != nil {
		t.Fatal(err)
	}
	f := lambda.New(lambda.Config{Name: name, Binary: build.Binary(root, name), Region: engine.Region, Timeout: 5 * time.Second, MemoryMB: 512})
	defer f.Stop()
	for file, verified := range map[string]bool{"hosted": true, "refresh": true, "authentication": true, "new-password": true, "unverified": false} {
		event, err := os.ReadFile(filepath.Join(root, "functions", name, "testdata", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		result, err := f.Invoke(t.Context(), event)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var answer struct {
			Response struct {
				Details struct {
					Access struct {
						Add map[string]any `json:"claimsToAddOrOverride"`
					} `json:"accessTokenGeneration"`
				} `json:"claimsAndScopeOverrideDetails"`
			} `json:"response"`
		}
		if err := json.Unmarshal(result.Payload, &answer); err != nil {
			t.Fatal(err)
		}
		add := answer.Response.Details.Access.Add
		if (add["email"] == "ada@example.com") != verified || (add["email_verified"] == true) != verified || (add["tenant"] == "example") == (file == "authentication") {
			t.Errorf("%s: %v", file, add)
		}
	}
}
