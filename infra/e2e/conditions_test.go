package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// TestEveryChangeHonoursIfMatch calls all operations that change one resource, in the order of the documentation, on
// one resource of each noun.
func TestEveryChangeHonoursIfMatch(t *testing.T) {
	l := newLaptop(t.TempDir())
	t.Cleanup(l.stop)
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	do := func(method, path, body string, header ...string) answered {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, l.url()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+l.managementKey())
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		return send(t, r, header...)
	}
	create := func(path, body string) string {
		t.Helper()
		var made struct {
			ID            string
			Key           struct{ ID string }
			ManagementKey struct{ ID string } `json:"management_key"`
		}
		a := do("POST", path, body)
		if err := json.Unmarshal(a.body, &made); err != nil || a.status != 201 {
			t.Fatalf("create: %s", a)
		}
		return made.ID + made.Key.ID + made.ManagementKey.ID
	}
	app := create("/v1/applications", `{"name": "Conditions", "technology": "server"}`)
	arx := create("/v1/arxes", `{"name": "Conditions", "regions": ["eu-central-1"]}`)
	key := create("/v1/keys", fmt.Sprintf(`{"application_id": %q, "arx_id": %q}`, app, arx))
	management := create("/v1/management-keys", `{"name": "Conditions", "role": "verifier"}`)
	ids := map[string]string{"applications": app, "arxes": arx, "keys": key, "managementkeys": management}
	bodies := map[string]string{"PATCH": "{}", api.RotateKey.Name: `{"overlap_seconds": 3600}`}
	// Operations that the states of the resources do not allow: the application is active, and the Arx is the only one.
	conflicts := []string{api.ArchiveApplication.Name, api.UnarchiveApplication.Name, api.SetDefaultArx.Name}

	noun := func(op api.Spec) string { name, _, _ := strings.Cut(op.Name, "."); return name }
	changes := slices.DeleteFunc(api.Operations(), func(op api.Spec) bool { return !op.Request.Implements(reflect.TypeFor[api.Change]()) })
	slices.SortStableFunc(changes, func(a, b api.Spec) int { return strings.Compare(noun(b), noun(a)) }) // keys first, because they are deleted with their Arx
	for _, op := range changes {
		path := strings.Replace(op.Path, "{id}", ids[noun(op)], 1)
		resource := strings.Join(strings.Split(path, "/")[:4], "/")
		body := bodies[op.Method] + bodies[op.Name]
		etag := func() string { return do("GET", resource, "").header.Get("ETag") }
		before := etag()
		for _, c := range []struct {
			ifMatch string
			status  int
			tells   string
		}{{`"99"`, 412, string(problem.Changed)}, {`W/"99"`, 412, string(problem.Changed)}, {"", 422, `"field":"If-Match"`}} {
			if a := do(op.Method, path, body, "If-Match", c.ifMatch); a.status != c.status || !strings.Contains(string(a.body), c.tells) {
				t.Errorf("%s with If-Match %q: %s, want %d %s", op.Name, c.ifMatch, a, c.status, c.tells)
			}
		}
		if now := etag(); now != before || before == "" {
			t.Errorf("%s changed the resource from %s to %s despite its condition", op.Name, before, now)
		}
		a := do(op.Method, path, body, "If-Match", before)
		if slices.Contains(conflicts, op.Name) {
			if a.status != 409 {
				t.Errorf("%s with a matching condition: %s, want 409", op.Name, a)
			}
		} else if a.status != 200 || a.header.Get("ETag") == before {
			t.Errorf("%s with a matching condition: %s", op.Name, a)
		}
	}
	if len(changes) != 17 {
		t.Errorf("%d operations change one resource", len(changes))
	}
}
