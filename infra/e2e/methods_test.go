package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
)

// TestEveryPathAnswersEveryMethod sends every method to every path, with and without a credential: operations are
// reached, HEAD returns the same header as GET, and all other methods return 405 with Allow.
func TestEveryPathAnswersEveryMethod(t *testing.T) {
	b := newBelongings(t)
	owner := b.callers[0].credential
	operations := map[string]map[string]api.Spec{}
	for _, op := range api.Operations() {
		if operations[op.Path] == nil {
			operations[op.Path] = map[string]api.Spec{}
		}
		operations[op.Path][op.Method] = op
	}
	for _, path := range slices.Sorted(maps.Keys(operations)) {
		of := operations[path]
		methods := slices.Collect(maps.Keys(of))
		if _, reads := of[http.MethodGet]; reads {
			methods = append(methods, http.MethodHead)
		}
		slices.Sort(methods)
		address := strings.ReplaceAll(path, "{id}", "none")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			for _, credential := range []string{"", owner} {
				answer := b.do(t, method, address, credential, "")
				if slices.Contains(methods, method) {
					if answer.status == http.StatusMethodNotAllowed {
						t.Errorf("%s %s: %s", method, path, answer)
					}
					continue
				}
				if allow := answer.header.Get("Allow"); answer.status != http.StatusMethodNotAllowed || allow != strings.Join(methods, ", ") {
					t.Errorf("%s %s: %d, allows %q, want %v", method, path, answer.status, allow, methods)
				}
			}
		}
		if op, reads := of[http.MethodGet]; reads {
			b.wantHead(t, op)
		}
	}
	for _, path := range []string{"/v1/none", "/v1/keys/", "/v1/keys/none/", "/v1/keys/none/none", "/v1/KEYS"} {
		if answer := b.do(t, http.MethodGet, path, owner, ""); answer.status != http.StatusNotFound || answer.header.Get("Allow") != "" {
			t.Errorf("%s: %s, allows %q", path, answer, answer.header.Get("Allow"))
		}
	}
}

// wantHead checks that HEAD returns the same as GET, without a body, for the successful call of the operation and
// without a credential.
func (b *belongings) wantHead(t *testing.T, op api.Spec) {
	t.Helper()
	c := good(t, op)
	b.prepare(t, c)
	for _, accepted := range []string{"identity", "gzip"} {
		for _, credential := range []string{"", credentialOf(b, op)} {
			tell := func(method string) answered {
				c.Operation.Method = method
				answer := b.call(t, c, credential, "Accept-Encoding", accepted)
				for _, own := range []string{"X-Request-Id", "Apigw-Requestid", "Date"} {
					answer.header.Del(own)
				}
				return answer
			}
			get, head := tell(http.MethodGet), tell(http.MethodHead)
			if head.status != get.status || len(head.body) > 0 || head.header.Get("Content-Length") == "" {
				t.Errorf("HEAD %s: %d with %d bytes, GET %d", op.Path, head.status, len(head.body), get.status)
			}
			if diff := cmp.Diff(get.header, head.header); diff != "" {
				t.Errorf("%s (-GET +HEAD):\n%s", op.Path, diff)
			}
		}
	}
}

// credentialOf returns a credential that the operation accepts.
func credentialOf(b *belongings, op api.Spec) string {
	if op.Permission == api.HoldKey {
		return b.dataset.AccessKey
	}
	return b.callers[0].credential
}

// TestInvalidIDsAreNotFound calls every operation on one resource with invalid ids.
func TestInvalidIDsAreNotFound(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		if !strings.Contains(op.Path, "{id}") {
			continue
		}
		for _, none := range []string{"none", "key_0", "key_01J9Zk5C2StVhY4z0", "key_01J9Zk5C2StVhY4-", "KEY_01J9Zk5C2StVhY4z", "arx%5f", "%20", "%ff", "a%2Fb"} {
			path := strings.ReplaceAll(op.Path, "{id}", none)
			if answer := b.do(t, op.Method, path, b.callers[0].credential, good(t, op).Body); answer.status != http.StatusNotFound {
				t.Errorf("%s %s: %s", op.Method, path, answer)
			}
		}
	}
}
