package keys

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

var taken = handover{
	key: api.Key{KeySummary: api.KeySummary{
		ID: "key_7Hq2VbN4xT9mKc3R", Name: "it's \"one\"",
		Application: api.KeyApplication{ID: "app_0000000000000001", Name: "Billing\nrm -rf"},
		Arx:         api.KeyArx{ID: "arx_0000000000000001", Name: "Production EU"},
	}},
	secret: "arxk_prd_secret", endpoint: "https://arx.example/v1?a='$HOME'",
}

func TestShellReadsTheEnvFile(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(taken.env()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(shell, "-c", ". "+file+`; printf '%s %s' "$ARXKEYS_ACCESS_KEY" "$ARXKEYS_ENDPOINT"`).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if want := "arxk_prd_secret https://arx.example/v1?a=%27$HOME%27"; string(out) != want {
		t.Errorf("the shell reads %q, want %q", out, want)
	}
}

func TestJSONFileHoldsTheKeyAndWhereItIsGood(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(taken.json()), &got); err != nil {
		t.Fatal(err)
	}
	if got["access_key"] != taken.secret || got["id"] != taken.key.ID || got["arx"].(map[string]any)["endpoint"] != taken.endpoint {
		t.Errorf("got %v", got)
	}
}

func TestCurlPresentsTheAccessKeyAndHoldsNoSecret(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	taken := taken
	taken.caller = "https://shop.example"
	command := taken.curl("https://keys.example")
	if strings.Contains(command, taken.secret) {
		t.Fatal("the access key is in the command")
	}
	// A curl that prints its arguments.
	script := `curl() { printf '%s\n' "$@"; }; ARXKEYS_ACCESS_KEY=arxk_x; ` + command
	out, err := exec.Command(shell, "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := "https://keys.example/v1/whoami\n-H\nx-api-key: arxk_x\n-H\nOrigin: https://shop.example\n"
	if string(out) != want {
		t.Errorf("the shell calls curl with %q, want %q", out, want)
	}
}
