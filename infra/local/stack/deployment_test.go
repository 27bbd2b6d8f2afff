package stack

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replace edits a file of the repository.
func replace(t *testing.T, root, name, old, new string) {
	t.Helper()
	file := filepath.Join(root, name)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEditsReplaceRunningFunctions(t *testing.T) {
	root := t.TempDir()
	if err := writeRepository(root); err != nil {
		t.Fatal(err)
	}
	s, _ := up(t, Config{Root: root})
	key, err := s.ManagementKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.AccessToken(t.Context(), "owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	_, signing, _ := get(t, s.URL()+"/oidc/.well-known/jwks.json")
	changed, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// update waits until the edit is reported, and applies it.
	update := func() (Change, error) {
		t.Helper()
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatal("the edit is not reported")
		}
		return s.Update(t.Context())
	}
	me := func() string {
		t.Helper()
		status, body, _ := get(t, s.URL()+"/v1/me", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) })
		if status != http.StatusOK {
			t.Errorf("/v1/me: %d %s", status, body)
		}
		return body
	}
	before := me()

	replace(t, root, "functions/me/main.go", `"role":"owner"`, `"role":"first"`)
	change, err := update()
	if diff := cmp.Diff(Change{Functions: []string{"me"}}, change); diff != "" || err != nil {
		t.Errorf("%v, the change (-want +got):\n%s", err, diff)
	}
	if got, want := me(), strings.Replace(before, "owner", "first", 1); got != want {
		t.Errorf("after an edit it returns %s, want %s", got, want)
	}

	replace(t, root, "functions/me/main.go", `"role":"first"`, "`+nonsense+`")
	if change, err := update(); change.String() != "" || err == nil || !strings.Contains(err.Error(), "functions/me does not build") || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an edit that does not build: %v, %v", change, err)
	}
	if got := me(); !strings.Contains(got, "first") {
		t.Errorf("after an edit that does not build it returns %s", got)
	}
	replace(t, root, "functions/me/main.go", "`+nonsense+`", `"role":"second"`)
	if change, err := update(); err != nil || !slices.Equal(change.Functions, []string{"me"}) || !strings.Contains(me(), "second") {
		t.Errorf("mended: %v, %v, %s", change, err, me())
	}

	replace(t, root, "template.yaml", "Path: /v1/me}", "Path: /v1/whoami}")
	if change, err := update(); err != nil || change.String() != "template.yaml" {
		t.Errorf("an edit of the template: %v, %v", change, err)
	}
	if status, body, _ := get(t, s.URL()+"/v1/whoami"); status != http.StatusOK {
		t.Errorf("the new route: %d %s", status, body)
	}
	if status, _, _ := get(t, s.URL()+"/v1/me"); status != http.StatusNotFound {
		t.Errorf("the old route: %d", status)
	}
	replace(t, root, "template.yaml", "Path: /v1/whoami}", "Path: /v1/me}}}}")
	if change, err := update(); change.String() != "" || err == nil || !strings.Contains(err.Error(), templateFile) {
		t.Errorf("a template that can't be read: %v, %v", change, err)
	}
	if status, body, _ := get(t, s.URL()+"/v1/whoami"); status != http.StatusOK {
		t.Errorf("the previous route: %d %s", status, body)
	}

	if now, err := os.ReadFile(filepath.Join(s.DataDir(), KeyFile)); err != nil || string(now) != key+"\n" {
		t.Errorf("the management key was %q and is %q, %v", key, now, err)
	}
	if _, now, _ := get(t, s.URL()+"/oidc/.well-known/jwks.json"); now != signing {
		t.Error("the signing key changed: everyone would be signed out")
	}
}

func TestChangeIsOneLine(t *testing.T) {
	many := make([]string, 40)
	for want, change := range map[string]Change{
		"":             {},
		"keys/get, me": {Functions: []string{"keys/get", "me"}},
		"template.yaml, 40 functions, the console": {Functions: many, Console: true, Template: true},
	} {
		if got := change.String(); got != want {
			t.Errorf("%+v is %q, want %q", change, got, want)
		}
	}
}
