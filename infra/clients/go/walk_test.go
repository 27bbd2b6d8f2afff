// Package clients tests Go clients that are generated from the OpenAPI document with the life of a key.
package clients

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// client is the interface of a generated client that the test uses. An empty access key stands for null.
type client interface {
	createApplication(name string) (id string, err error)
	createArx(name string) (id string, err error)
	createKey(applicationID, arxID, idempotencyKey string) (id, accessKey string, err error)
	verify(accessKey, arxID string) (valid bool, code string, err error)
	rotate(id string) (accessKey string, err error)
	disable(id string) (status string, err error)
	enable(id string) (status string, err error)
	rename(id, name string) (renamed string, err error)
	delete(id string) (status string, err error)
	list() (ids []string, err error)
	missing(id string) (code string, err error)
}

// environment returns the URL of the API and a management key.
func environment(t *testing.T) (api, credential string) {
	t.Helper()
	api, credential = os.Getenv("ARXKEYS_API"), os.Getenv("ARXKEYS_CREDENTIAL")
	if api == "" || credential == "" {
		t.Fatal("ARXKEYS_API and ARXKEYS_CREDENTIAL are not set: run make test-clients")
	}
	return api, credential
}

func walk(t *testing.T, c client) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	unique := fmt.Sprint(t.Name(), time.Now().UnixNano())
	application, err := c.createApplication(unique)
	must(err)
	arx, err := c.createArx(unique)
	must(err)
	verdict := func(accessKey string, valid bool, code string) {
		t.Helper()
		gotValid, gotCode, err := c.verify(accessKey, arx)
		if err != nil || gotValid != valid || gotCode != code {
			t.Errorf("%v %s, %v; want %v %s", gotValid, gotCode, err, valid, code)
		}
	}
	is := func(want string) func(string, error) {
		t.Helper()
		return func(got string, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
	}

	id, first, err := c.createKey(application, arx, unique)
	must(err)
	again, replayed, err := c.createKey(application, arx, unique)
	if err != nil || again != id || replayed != "" || first == "" {
		t.Errorf("the replay: %s with access key %q, %v; want %s without one", again, replayed, err, id)
	}
	verdict(first, true, "VALID")
	second, err := c.rotate(id)
	must(err)
	verdict(first, false, "NOT_FOUND")
	is("disabled")(c.disable(id))
	verdict(second, false, "DISABLED")
	is("active")(c.enable(id))
	is("renamed")(c.rename(id, "renamed"))
	ids, err := c.list()
	if err != nil || !slices.Contains(ids, id) {
		t.Errorf("the list contains %v, %v", ids, err)
	}
	is("deleted")(c.delete(id))
	verdict(second, false, "NOT_FOUND")
	is("not_found")(c.missing("key_0000000000000000"))
}
