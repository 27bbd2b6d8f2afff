package e2e

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/shared/api"
)

// copyRepository copies the sources of this repository, the local build, and what else the API reference is made of.
func copyRepository(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"functions", "shared", "console", "build/local", "build/trimmed", "template.yaml", "go.mod", "go.sum", "infra/docs", "infra/samples", "infra/node_modules/redoc"} {
		err := filepath.WalkDir(filepath.Join(root, name), func(file string, entry fs.DirEntry, err error) error {
			if err != nil {
				if os.IsNotExist(err) {
					return nil
				}
				return err
			}
			path, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			if entry.IsDir() {
				return os.MkdirAll(filepath.Join(to, path), 0o755)
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, path), content, info.Mode())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestDevAppliesEditsWithoutARestart runs make dev in a copy of this repository: edits of a function and of the
// console are applied, an edit that does not build is not, and data and sign-ins are kept.
func TestDevAppliesEditsWithoutARestart(t *testing.T) {
	engineBinary, err := engine.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DYNOXIDE", engineBinary)
	m := newMachine(t)
	m.root, m.arguments = copyRepository(t), []string{"dev"}
	m.start(t)

	edit := func(name, old, new string) {
		t.Helper()
		file := filepath.Join(m.root, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(old)) {
			t.Fatalf("%s does not contain %q", name, old)
		}
		if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(old), []byte(new)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says := func(want string) {
		t.Helper()
		tooLong := time.After(5 * time.Minute)
		for !strings.Contains(m.log.String(), want) {
			select {
			case <-tooLong:
				t.Fatalf("it never prints %q:\n%s", want, m.log.String())
			case <-m.done:
				t.Fatalf("it exited:\n%s", m.log.String())
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	get := func(path string) string {
		t.Helper()
		res, err := http.Get(m.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}

	says("watching functions")
	signing := get("/oidc/.well-known/jwks.json")
	application, err := once(m.client(), api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server})
	if err != nil {
		t.Fatal(err)
	}
	const title = "Arxkeys edited"
	if strings.Contains(get("/v1/openapi.json"), title) {
		t.Fatal("the document contains the edit already")
	}
	edit("functions/openapi/openapi.json", `"title": "Arxkeys"`, `"title": "`+title+`"`)
	says("updated openapi in ")
	if body := get("/v1/openapi.json"); !strings.Contains(body, title) {
		t.Errorf("after the edit it returns %.200s", body)
	}

	edit("functions/applications/get/main.go", "func main() {", "func main() {\n\tnonsense()")
	says("functions/applications/get does not build:")
	says("undefined: nonsense")
	if got, err := once(m.client(), api.GetApplication, api.ApplicationID{ID: application.ID}); err != nil || got.Name != "Billing" {
		t.Errorf("after an edit that does not build the application is %v, %v", got, err)
	}
	edit("functions/applications/get/main.go", "\n\tnonsense()", "")

	edit("console/web/index.html", "<title>", "<title>"+title+" ")
	says("the console in ")
	if body := get("/"); !strings.Contains(body, title) {
		t.Errorf("after the edit the console is %.300s", body)
	}
	if got, err := once(m.client(), api.GetApplication, api.ApplicationID{ID: application.ID}); err != nil || got.Name != "Billing" {
		t.Errorf("the application is %v, %v", got, err)
	}
	if now := get("/oidc/.well-known/jwks.json"); now != signing {
		t.Error("the signing key changed: everyone would be signed out")
	}
	if updates := slices.DeleteFunc(strings.Split(m.log.String(), "\n"), func(line string) bool { return !strings.HasPrefix(line, "updated ") }); len(updates) > 4 {
		t.Errorf("three edits were reported in %d lines: %q", len(updates), updates)
	}
	m.inspect(t)
}
