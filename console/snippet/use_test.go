package snippet_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/console/snippet"
)

// question is what a snippet sends to the API.
type question struct {
	Path, Authorization string
	Body                map[string]any
}

// api returns the address of a server that records what it is asked, and answers with a verdict.
func api(t *testing.T) (address string, asked *[]question) {
	t.Helper()
	asked = new([]question)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := question{Path: r.Method + " " + r.URL.Path, Authorization: r.Header.Get("Authorization")}
		if err := json.NewDecoder(r.Body).Decode(&q.Body); err != nil {
			t.Errorf("%s: %v", q.Path, err)
		}
		*asked = append(*asked, q)
		_, _ = w.Write([]byte(`{"valid":true}`))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// program runs the code as a program of the tool, in a folder of its own, and returns what it prints.
func program(t *testing.T, code, file string, tool ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool[0])
	if err != nil {
		t.Skip(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, file), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(tool[1:], file)...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "ARXKEYS_ACCESS_KEY=arxk_x", "ARXKEYS_MANAGEMENT_KEY=arxm_x", "GOFLAGS=", "NO_PROXY=*")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", file, err, out)
	}
	return string(out)
}

// TypeScript runs as it is, because the snippet has no types of its own. `make test-clients` checks its types.
func TestProgramsVerifyTheAccessKey(t *testing.T) {
	for _, scopes := range [][]string{nil, {"quotes:read"}, {"a", `b" + "`, "`${c}`", `\`, "<é>"}} {
		address, asked := api(t)
		u := snippet.Use{Address: address, ArxID: `arx_"x`, Scopes: scopes}
		for _, run := range []struct {
			code, file string
			tool       []string
		}{
			{u.Go(), "main.go", []string{"go", "run"}},
			{u.TypeScript(), "verify.mjs", []string{"node"}},
			{u.Python(), "verify.py", []string{"python3"}},
		} {
			t.Run(run.file, func(t *testing.T) {
				*asked = nil
				if out := program(t, run.code, run.file, run.tool...); strings.TrimSpace(out) != `{"valid":true}` {
					t.Errorf("it prints %q", out)
				}
				wanted := []any{}
				for _, s := range scopes {
					wanted = append(wanted, s)
				}
				want := []question{{"POST /v1/keys/verify", "Bearer arxm_x", map[string]any{"key": "arxk_x", "arx_id": `arx_"x`, "scopes": wanted}}}
				if diff := cmp.Diff(want, *asked); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestProgramsFailWithoutAVerdict(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(s.Close)
	u := snippet.Use{Address: s.URL, ArxID: "arx_0000000000000001"}
	for file, code := range map[string]string{"main.go": u.Go(), "verify.mjs": u.TypeScript(), "verify.py": u.Python()} {
		tool := map[string][]string{"main.go": {"go", "run"}, "verify.mjs": {"node"}, "verify.py": {"python3"}}[file]
		path, err := exec.LookPath(tool[0])
		if err != nil {
			t.Skip(err)
		}
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, file), []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, append(tool[1:], file)...)
		cmd.Dir, cmd.Env = folder, append(os.Environ(), "ARXKEYS_ACCESS_KEY=arxk_x", "ARXKEYS_MANAGEMENT_KEY=arxm_x", "GOFLAGS=", "NO_PROXY=*")
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("%s succeeds with status 503: %s", file, out)
		}
	}
}

func TestCurlSnippetPresentsTheAccessKey(t *testing.T) {
	for _, text := range hostile {
		text = strings.ReplaceAll(text, "\x00", "")
		code := snippet.Use{Address: "https://" + text, Origin: "https://" + text}.Curl()
		for _, shell := range shells(t) {
			// A curl that prints its arguments.
			got := run(t, shell, `curl() { printf '%s|' "$@"; }; ARXKEYS_ACCESS_KEY=arxk_x; `+code)
			if want := "https://" + text + "/v1/whoami|-H|x-api-key: arxk_x|-H|Origin: https://" + text + "|"; got != want {
				t.Errorf("%s calls curl with %q, want %q", shell, got, want)
			}
		}
	}
}

func TestCommandsLoadTheEnvFile(t *testing.T) {
	u := snippet.Use{KeyID: "key_7Hq2VbN4xT9mKc3R"}
	content := snippet.Comment("it's a $(test)") + snippet.Assignment("ARXKEYS_ACCESS_KEY", "arxk_x")
	var shell, docker, node string
	for line := range strings.SplitSeq(u.Load(), "\n") {
		switch command, _, _ := strings.Cut(line, " "); command {
		case "set":
			shell = line
		case "docker":
			docker = line
		case "node":
			node = line
		}
	}
	const print = `; node -p process.env.ARXKEYS_ACCESS_KEY`
	in := func(t *testing.T, name, script string) string {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, u.EnvFile()), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "server.js"), []byte("console.log(process.env.ARXKEYS_ACCESS_KEY)"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(name, "-c", script)
		cmd.Dir = folder
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", script, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	for _, name := range shells(t) {
		if got := in(t, name, shell+print); got != "arxk_x" {
			t.Errorf("a program that %s starts reads %q", name, got)
		}
		if got := in(t, name, node); got != "arxk_x" {
			t.Errorf("Node.js reads %q", got)
		}
		// Docker reads the lines as they are: a name, =, and the value without quotes.
		if got := in(t, name, `docker() { grep -v '^#' "$3"; }; `+docker); got != "ARXKEYS_ACCESS_KEY=arxk_x" {
			t.Errorf("Docker reads %q", got)
		}
	}
}
