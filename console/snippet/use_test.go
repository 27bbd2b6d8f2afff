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
		named := func(id any) map[string]any { return map[string]any{"id": id, "name": "x"} }
		_ = json.NewEncoder(w).Encode(map[string]any{
			"valid": true, "code": "VALID", "key": named("key_0000000000000001"), "application": named("app_0000000000000001"), "arx": named(q.Body["arx_id"]),
		})
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// A runtime runs a program that uses our client.
type runtime struct {
	name string
	code func(snippet.Use) string
	// start returns the command that runs the code, with the client as its users have it.
	start func(t *testing.T, code string) *exec.Cmd
}

var runtimes = []runtime{
	{"Go", snippet.Use.Go, func(t *testing.T, code string) *exec.Cmd {
		cmd := exec.Command("go", "run", file(t, t.TempDir(), "main.go", code))
		cmd.Dir = root(t) // whose module has the client
		return cmd
	}},
	{"TypeScript", snippet.Use.TypeScript, func(t *testing.T, code string) *exec.Cmd { // it has no types of its own; `make test-clients` checks its types
		tool(t, "node")
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, "node_modules", "@arxkeys"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(root(t), "shared", "client", "typescript"), filepath.Join(folder, "node_modules", "@arxkeys", "client")); err != nil {
			t.Fatal(err)
		}
		return exec.Command("node", file(t, folder, "verify.mjs", code))
	}},
	{"Python", snippet.Use.Python, func(t *testing.T, code string) *exec.Cmd {
		python := filepath.Join(root(t), "build", "tools", "pyclient", "bin", "python") // with what the client depends on
		tool(t, python)
		cmd := exec.Command(python, "-B", file(t, t.TempDir(), "verify.py", code))
		cmd.Env = []string{"PYTHONPATH=" + filepath.Join(root(t), "shared", "client", "python", "src")}
		return cmd
	}},
}

func root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func tool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(err) // `make test-clients` has all of them
	}
}

func file(t *testing.T, folder, name, code string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs the program, and returns what it prints.
func (r runtime) run(t *testing.T, u snippet.Use) (string, error) {
	t.Helper()
	cmd := r.start(t, r.code(u))
	cmd.Env = append(append(os.Environ(), "ARXKEYS_ACCESS_KEY=arxk_x", "ARXKEYS_MANAGEMENT_KEY=arxm_x", "GOFLAGS=", "NO_PROXY=*"), cmd.Env...)
	out, err := cmd.CombinedOutput()
	return strings.ToLower(strings.TrimSpace(string(out))), err
}

func TestProgramsVerifyTheAccessKeyWithOurClients(t *testing.T) {
	for _, u := range []snippet.Use{
		{ArxID: "arx_0000000000000001"},
		{ArxID: "arx_0000000000000001", Scopes: []string{"quotes:read"}, Origin: "https://shop.example"},
		{ArxID: "arx_0000000000000001", Scopes: []string{"a", `b" + "`, "`${c}`", `\`, "<é>"}, Origin: "https://quotes.example"},
	} {
		address, asked := api(t)
		u.Address = address
		for _, r := range runtimes {
			t.Run(r.name, func(t *testing.T) {
				*asked = nil
				if out, err := r.run(t, u); err != nil || out != "true valid" {
					t.Fatalf("it prints %q, %v", out, err)
				}
				want := map[string]any{"key": "arxk_x", "arx_id": u.ArxID}
				if u.Origin != "" {
					want["origin"] = u.Origin
				}
				var scopes []any
				for _, s := range u.Scopes {
					scopes = append(scopes, s)
				}
				if scopes != nil {
					want["scopes"] = scopes
				}
				for _, q := range *asked {
					if empty, ok := q.Body["scopes"].([]any); ok && len(empty) == 0 { // means none too
						delete(q.Body, "scopes")
					}
				}
				if diff := cmp.Diff([]question{{"POST /v1/keys/verify", "Bearer arxm_x", want}}, *asked); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestProgramsFailWithoutAVerdict(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(s.Close)
	for _, r := range runtimes {
		t.Run(r.name, func(t *testing.T) {
			if out, err := r.run(t, snippet.Use{Address: s.URL, ArxID: "arx_0000000000000001"}); err == nil {
				t.Errorf("it succeeds with status 503: %s", out)
			}
		})
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
