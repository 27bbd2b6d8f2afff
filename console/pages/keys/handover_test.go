package keys

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
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

// hostile are texts that have an effect if they are pasted unquoted.
var hostile = []string{"$(id)", "`id`", "';id;'", `";id;"`, "\nid\n", "\r\nid", "# a", `\`, "a b", "$HOME", "&id", "é", "=1+1", "<b>"}

func TestShellReadsTheEnvFile(t *testing.T) {
	for _, text := range hostile {
		taken := taken
		taken.key.Application.Name, taken.key.Arx.Name, taken.endpoint = text, text, "https://arx.example/"+text
		file := filepath.Join(t.TempDir(), ".env")
		if err := os.WriteFile(file, []byte(taken.env()), 0o600); err != nil {
			t.Fatal(err)
		}
		got := inShell(t, ". "+file+`; printf '%s %s' "$ARXKEYS_ACCESS_KEY" "$ARXKEYS_ENDPOINT"`)
		if want := taken.secret + " " + taken.endpoint; got != want {
			t.Errorf("the shell reads %q, want %q", got, want)
		}
	}
}

func inShell(t *testing.T, script string) string {
	t.Helper()
	path, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	out, err := exec.Command(path, "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
	return string(out)
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

func TestJSONFileHoldsTextsAsTheyAre(t *testing.T) {
	for _, text := range hostile {
		taken := taken
		taken.key.Name, taken.key.Application.Name, taken.key.Arx.Name, taken.endpoint = text, text, text, text
		var got struct {
			Name        string
			Application struct{ Name string }
			Arx         struct{ Name, Endpoint string }
		}
		if err := json.Unmarshal([]byte(taken.json()), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, read := range []string{got.Name, got.Application.Name, got.Arx.Name, got.Arx.Endpoint} {
			if read != text {
				t.Errorf("%q is read as %q", text, read)
			}
		}
	}
}
