package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// The parameters EdgeSecret and EdgeSecretPrevious, and a secret that is neither.
const (
	edgeSecret         = "current-secret-0123456789abcdef012345"
	edgeSecretPrevious = "previous-secret-0123456789abcdef01234"
	guessedSecret      = "guessed-secret-0123456789abcdef012345"
)

// TestAddressInAHeaderCountsOnlyWithTheEdgesSecret sends requests as CloudFront does, and as others do, to an operation and
// to the authorizer of whoami, which decides about the addresses that a key allows.
func TestAddressInAHeaderCountsOnlyWithTheEdgesSecret(t *testing.T) {
	l := newLaptop(t.TempDir())
	l.parameters = map[string]string{"EdgeSecret": edgeSecret, "EdgeSecretPrevious": edgeSecretPrevious}
	t.Cleanup(l.stop)
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	management := l.managementKey()
	c := &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return management, nil }}
	app := must[api.Application](t)(once(c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	arx := must[api.Arx](t)(once(c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))
	key := must[api.CreatedKey](t)(once(c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID, AllowedIPs: []string{"198.51.100.0/24", "2001:db8::/32"}}))

	send := func(method, path, body string, headers [][2]string) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, l.url()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for _, h := range headers {
			r.Header.Add(h[0], h[1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var document map[string]any
		if err := json.NewDecoder(res.Body).Decode(&document); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, document
	}
	address := func(text string) [2]string { return [2]string{"X-Arxkeys-Viewer-Address", text} }
	secret := func(text string) [2]string { return [2]string{"X-Arxkeys-Edge-Secret", text} }
	for _, s := range []struct {
		why     string
		headers [][2]string
		whoami  int    // of a key that allows 198.51.100.0/24 and 2001:db8::/32
		from    string // in the audit event of a change; empty: the change is refused
	}{
		{"nothing", nil, 403, "127.0.0.1"},
		{"an address", [][2]string{address("198.51.100.9")}, 403, "127.0.0.1"},
		{"a guess", [][2]string{address("198.51.100.9"), secret(guessedSecret)}, 403, "127.0.0.1"},
		{"a guess beside the secret", [][2]string{address("198.51.100.9"), secret(guessedSecret), secret(edgeSecret)}, 403, "127.0.0.1"},
		{"forwarding headers", [][2]string{{"X-Forwarded-For", "198.51.100.9"}, {"CloudFront-Viewer-Address", "198.51.100.9:443"}}, 403, "127.0.0.1"},
		{"no address", [][2]string{secret(edgeSecret)}, 500, ""},
		{"two addresses", [][2]string{secret(edgeSecret), address("198.51.100.9"), address("198.51.100.9")}, 500, ""},
		{"an address with a port", [][2]string{secret(edgeSecret), address("198.51.100.9:443")}, 500, ""},
		{"the edge", [][2]string{secret(edgeSecret), address("198.51.100.9")}, 200, "198.51.100.9"},
		{"the edge, before the secret was replaced", [][2]string{secret(edgeSecretPrevious), address("198.51.100.9")}, 200, "198.51.100.9"},
		{"the edge, from IPv6", [][2]string{secret(edgeSecret), address("2001:DB8::0:9")}, 200, "2001:db8::9"},
		{"the edge, from an address that the key does not allow", [][2]string{secret(edgeSecret), address("203.0.113.9")}, 403, "203.0.113.9"},
	} {
		if got, document := send("GET", "/v1/whoami", "", append([][2]string{{"X-Api-Key", string(*key.AccessKey)}}, s.headers...)); got != s.whoami {
			t.Errorf("%s: whoami is %d %v, want %d", s.why, got, document, s.whoami)
		}
		status, document := send("PATCH", "/v1/keys/"+key.Key.ID, `{"name": "`+s.why+`"}`, append([][2]string{{"Authorization", "Bearer " + management}}, s.headers...))
		if s.from == "" {
			if status != 500 || document["code"] != "internal" {
				t.Errorf("%s: the change is %d %v", s.why, status, document)
			}
			continue
		}
		events := must[api.AuditEvents](t)(once(c, api.ListEvents, api.ListEventsRequest{ResourceID: key.Key.ID}))
		if status != 200 || events.Items[0].Action != api.UpdateKey.Name || events.Items[0].From != s.from {
			t.Errorf("%s: %d; the event is %+v, want it from %s", s.why, status, events.Items[0], s.from)
		}
	}
	for _, text := range []string{edgeSecret, edgeSecretPrevious, guessedSecret} {
		if strings.Contains(l.logged(), text) {
			t.Errorf("%s is in the log", text)
		}
	}
}
