package e2e

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// verifierKey creates a management key for a gateway.
func verifierKey(t testing.TB, l *laptop) string {
	t.Helper()
	c := &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return l.managementKey(), nil }}
	created, err := client.Call(t.Context(), c, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "gateway " + rand.Text(), Role: api.Verifier})
	if err != nil {
		t.Fatal(err)
	}
	return string(*created.Secret)
}

// checkEvent returns the event of a gateway's check.
func checkEvent(verifier, arxID string, key api.ClearText) events.APIGatewayV2HTTPRequest {
	return events.APIGatewayV2HTTPRequest{
		Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + verifier, "x-api-key": string(key)},
		PathParameters: map[string]string{"arx_id": arxID}, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "check"},
	}
}

// asking is a gateway in front of a laptop. It sends its management key and its settings with each request of a caller.
type asking struct {
	*belongings
	arx, verifier string
	key           api.ClearText
}

func newAsking(t *testing.T) *asking {
	t.Helper()
	a := &asking{belongings: &belongings{laptop: newLaptop(t.TempDir())}}
	// So short that a known gateway and known gates are read again with each key.
	a.parameters = map[string]string{"GateTtl": "1ms", "PrincipalTtl": "1ms"}
	t.Cleanup(a.stop)
	if err := a.start(false); err != nil {
		t.Fatal(err)
	}
	_, a.arx, _, a.key = someKey(t, a.laptop, a.managementKey(), nil)
	a.verifier = verifierKey(t, a.laptop)
	return a
}

// want sends a request, and compares status and code. "-" as a header's value removes the header.
func (a *asking) want(t *testing.T, name, method, path string, status int, code string, header ...string) http.Header {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.url()+"/", strings.NewReader("a body, which nobody reads"))
	if err != nil {
		t.Fatal(err)
	}
	// Opaque sends the path as it is, also one with dot segments.
	path, query, _ := strings.Cut(path, "?")
	r.URL = &url.URL{Scheme: "http", Host: r.URL.Host, Opaque: "//" + r.URL.Host + path, RawQuery: query}
	r.Header.Set("Authorization", "Bearer "+a.verifier)
	r.Header.Set("X-Api-Key", string(a.key))
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i+1] == "-" {
			r.Header.Del(header[i])
		}
	}
	got := send(t, r)
	if got.status != status || got.header.Get(api.CheckCodeHeader) != code {
		t.Errorf("%s: %d %v %s, want %d %s", name, got.status, got.header, got.body, status, code)
	}
	if identified := got.header.Get(api.CheckKeyIDHeader) != ""; identified != (status == 200) {
		t.Errorf("%s: %d with the identity %v", name, got.status, got.header)
	}
	return got.header
}

func TestGatewayIsToldAVerdictAsAStatus(t *testing.T) {
	a := newAsking(t)
	at := "/v1/check/" + a.arx

	_, admin := a.mint(t, a.managementKey(), api.Admin, time.Now().AddDate(0, 0, 1).Format(time.RFC3339))
	person, err := a.stack.AccessToken(t.Context(), "owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	a.want(t, "no credential", "GET", at, 500, "GATEWAY_CREDENTIAL", "Authorization", "-")
	a.want(t, "an access token", "GET", at, 500, "GATEWAY_CREDENTIAL", "Authorization", "Bearer "+person)
	a.want(t, "an access key", "GET", at, 500, "GATEWAY_CREDENTIAL", "Authorization", "Bearer "+string(a.key))
	a.want(t, "an admin's management key", "GET", at, 500, "GATEWAY_ROLE", "Authorization", "Bearer "+admin)
	a.want(t, "an owner's management key", "GET", at, 500, "GATEWAY_ROLE", "Authorization", "Bearer "+a.managementKey())
	a.want(t, "no Arx", "GET", "/v1/check/me", 500, "GATEWAY_SETTING")
	a.want(t, "two addresses", "GET", at, 500, "GATEWAY_SETTING", "X-Arxkeys-Client-Ip", "203.0.113.7, 198.51.100.1")
	a.want(t, "no Arx at all", "GET", "/v1/check", 404, "")
	a.want(t, "nothing behind the Arx", "GET", at+"/", 404, "")

	a.want(t, "no key", "GET", at, 401, "NO_KEY", "X-Api-Key", "-")
	a.want(t, "two keys", "GET", at, 401, "TWO_KEYS", "X-Api-Key", string(a.key)+","+string(a.key))
	a.want(t, "no access key", "GET", at, 401, "MALFORMED", "X-Api-Key", a.verifier)
	a.want(t, "a scope", "GET", at, 403, "INSUFFICIENT_SCOPE", "X-Arxkeys-Scopes", "nothing:granted")

	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		for _, path := range []string{at, at + "/at/pets/42", at + "/at/"} {
			header := a.want(t, method+" "+path, method, path+"?arx_id=*&x-arxkeys-scopes=all", 200, "VALID")
			if header.Get(api.CheckArxHeader) != a.arx || header.Get(api.CheckTenantHeader) != "example" {
				t.Errorf("%s %s: %v", method, path, header)
			}
		}
	}
	a.want(t, "any Arx", "GET", "/v1/check/*", 200, "VALID")
	a.want(t, "Bearer in another header", "GET", at, 200, "VALID", "X-Arxkeys-Key-Header", "X-Caller", "X-Caller", "Bearer "+string(a.key), "X-Api-Key", "-")
	if strings.Contains(a.logged(), string(a.key)) || strings.Contains(a.logged(), a.verifier) {
		t.Error("a secret is in the log")
	}

	// Whoever resolves .. in a path before Arxkeys does not let callers choose the Arx.
	a.want(t, "the path's Arx, again", "GET", at+"/at/pets", 200, "VALID", "X-Arxkeys-Arx", a.arx)
	a.want(t, "a path that was resolved", "GET", "/v1/check/*", 500, "GATEWAY_SETTING", "X-Arxkeys-Arx", a.arx)

	// What callers add to the path cannot leave the gateway's Arx.
	_, other, _, _ := someKey(t, a.laptop, a.managementKey(), nil)
	for _, rest := range []string{"", "/at/../../*", "/at/../../" + a.arx, "/%2e%2e/*", "/..%2F*", "/at//" + a.arx, "/at/%00"} {
		a.want(t, "a key of another Arx, "+rest, "GET", "/v1/check/"+other+rest, 403, "WRONG_ARX")
	}
}

func TestGatewayIsToldLimits(t *testing.T) {
	a := newAsking(t)
	at := "/v1/check/"
	_, arx, _, limited := someKey(t, a.laptop, a.managementKey(), &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds})
	a.want(t, "first", "GET", at+arx, 200, "VALID", "X-Api-Key", string(limited))
	header := a.want(t, "second", "GET", at+arx, 429, "RATE_LIMITED", "X-Api-Key", string(limited))
	if header.Get("Retry-After") == "" || !strings.Contains(header.Get("RateLimit"), "r=0;") {
		t.Errorf("%v", header)
	}
	header = a.want(t, "for nginx", "GET", at+arx, 403, "RATE_LIMITED", "X-Api-Key", string(limited), "X-Arxkeys-Limited", "403")
	if header.Get("Retry-After") == "" {
		t.Errorf("%v", header)
	}
}

func TestGatewayFeelsAChangeOfTheKeyAtOnce(t *testing.T) {
	a := newAsking(t)
	c := &client.Client{BaseURL: a.url(), Authorization: func(context.Context) (string, error) { return a.managementKey(), nil }}
	id := a.want(t, "before", "GET", "/v1/check/"+a.arx, 200, "VALID").Get(api.CheckKeyIDHeader)
	if _, err := client.Call(t.Context(), c, api.DisableKey, api.Target{ID: id}); err != nil {
		t.Fatal(err)
	}
	a.want(t, "disabled", "GET", "/v1/check/"+a.arx, 403, "DISABLED")
}

func TestGatewayIsRefusedWhenTheStoreIsDown(t *testing.T) {
	a := newAsking(t)
	a.want(t, "before", "GET", "/v1/check/"+a.arx, 200, "VALID")
	a.way.cut(true)
	a.want(t, "down", "GET", "/v1/check/"+a.arx, 503, "UNDECIDED")
	a.way.cut(false)
	a.want(t, "up again", "GET", "/v1/check/"+a.arx, 200, "VALID")
}
