package gateways

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// documentedArx is the Arx of the documents.
const documentedArx = "arx_0123456789abcdef"

// gateway is a kind of gateway, with its documented configuration.
type gateway struct {
	name string
	// start starts it. It returns its address.
	start func(*testing.T, place) string
	// limited is the status of a caller over its limits.
	limited int
	// appends reports whether it sends its caller's method, path and query.
	appends bool
	// takesHost reports whether it takes the Host from the address that it is configured with.
	takesHost bool
}

// place is what a configuration is adapted to: the documents' names and ports are those of somebody else.
type place struct {
	arx        string // instead of documentedArx
	credential string // of the gateway
	keys       string // host:port, instead of keys.example:443
	pets       string // host:port, instead of 127.0.0.1:9000
	authority  string // file, instead of the system's
}

// adapted writes the documented file to a folder of its own, with the texts replaced. Each has to be in it.
func adapted(t *testing.T, file string, replaced ...string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replaced); i += 2 {
		if !strings.Contains(string(text), replaced[i]) {
			t.Fatalf("%s does not contain %s", file, replaced[i])
		}
		text = []byte(strings.ReplaceAll(string(text), replaced[i], replaced[i+1]))
	}
	to := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return to
}

// freeAddress returns an address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// walk is what is expected of every gateway.
type walk struct {
	*testing.T
	gateway
	place
	asked, impostor, protected *recorder
	url                        string
}

// Every gateway lets exactly those requests pass that may, tells the API who calls, and nobody the access key.
func testGateway(t *testing.T, g gateway) {
	w := &walk{T: t, gateway: g}
	trusted := newAuthority(t)
	// HAProxy compares the certificate with the host of the address, which here is one.
	w.asked, w.authority = listening(t, trusted.server(t, "keys.example", "127.0.0.1")), trusted.file
	w.impostor = listening(t, trusted.server(t, "stranger.example"))
	w.protected = pets(t)
	w.keys, w.pets = w.asked.Listener.Addr().String(), w.protected.Listener.Addr().String()
	w.arx, w.credential = arx(t), managementKey(t, api.Verifier)
	w.url = g.start(t, w.place)

	t.Run("allowed", w.allows)
	t.Run("refused", w.refuses)
	t.Run("limits", w.limits)
	t.Run("settings of the caller", w.ignoresSettings)
	t.Run("paths of the caller", w.ignoresPaths)
	t.Run("configuration", w.needsItsConfiguration)
	t.Run("service down", w.needsTheService)

	w.asked.mu.Lock()
	defer w.asked.mu.Unlock()
	for _, code := range api.CheckCodes() {
		// A laptop accepts direct calls.
		if code != api.CheckDirectCall && !slices.Contains(w.asked.codes, string(code)) {
			t.Errorf("no check had the code %s", code)
		}
	}
}

// broken stands for any status of a server's error: gateways differ in it.
const broken = 5

// reply is what the caller gets.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request. Headers are sent with the names as they are written here.
func (w *walk) send(t *testing.T, method, uri, body string, header http.Header) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	path, query, _ := strings.Cut(uri, "?")
	r.URL = &url.URL{Scheme: "http", Host: r.URL.Host, Opaque: path, RawQuery: query} // Opaque: as it is written, also with dot segments
	r.Host = "pets.example"
	maps.Copy(r.Header, header)
	c := http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// allow sends a request that has to reach the API, with the identity of the key. It returns the API's request.
func (w *walk) allow(t *testing.T, name, id, method, uri, body string, header http.Header) seen {
	t.Helper()
	w.asked.take()
	w.protected.take()
	got := w.send(t, method, uri, body, header)
	reached := w.protected.take()
	if got.status != 200 || len(reached) != 1 || (method != "HEAD" && got.body != "pets") {
		t.Fatalf("%s: %d %v %q; the API received %v", name, got.status, got.header, got.body, reached)
	}
	w.asksProperly(t, name, method)
	api := reached[0]
	identity := map[string]string{}
	for header, values := range api.header {
		if header := strings.ToLower(strings.ReplaceAll(header, "_", "-")); strings.HasPrefix(header, "x-arxkeys") {
			identity[header] = strings.Join(values, ", ") + identity[header]
		}
		if text := strings.Join(values, " "); strings.Contains(text, "arxk_") || strings.Contains(text, "arxm_") {
			t.Errorf("%s: the API gets a secret in %s", name, header)
		}
	}
	want := map[string]string{
		"x-arxkeys-key-id": id, "x-arxkeys-application": identity["x-arxkeys-application"], "x-arxkeys-arx": w.arx,
		"x-arxkeys-tenant": "example", "x-arxkeys-granted-scopes": "pets:read",
	}
	if !maps.Equal(want, identity) || !strings.HasPrefix(identity["x-arxkeys-application"], "app_") || len(identity["x-arxkeys-application"]) != len("app_0123456789abcdef") {
		t.Errorf("%s: the API is told %v, want %v", name, identity, want)
	}
	return api
}

// refuse sends a request that must not reach the API.
func (w *walk) refuse(t *testing.T, name string, status int, header http.Header) reply {
	t.Helper()
	return w.refuseAt(t, name, status, "/pets", header)
}

func (w *walk) refuseAt(t *testing.T, name string, status int, uri string, header http.Header) reply {
	t.Helper()
	w.asked.take()
	w.protected.take()
	got := w.send(t, "GET", uri, "", header)
	if got.status != status && (status != broken || got.status < 500) {
		t.Errorf("%s: %d %v %q, want %d", name, got.status, got.header, got.body, status)
	}
	if reached := w.protected.take(); len(reached) > 0 {
		t.Errorf("%s: the API received %v", name, reached)
	}
	for header, values := range got.header {
		if text := strings.Join(values, " "); strings.HasPrefix(header, "X-Arxkeys") || strings.Contains(text, "arxk_") || strings.Contains(text, "arxm_") {
			t.Errorf("%s: the caller gets %s: %s", name, header, text)
		}
	}
	for _, word := range []string{"arxk_", "arxm_", w.arx, "management key", "gateway must"} {
		if strings.Contains(got.body, word) {
			t.Errorf("%s: the caller gets %q", name, got.body)
		}
	}
	w.asksProperly(t, name, "GET")
	return got
}

// asksProperly checks what the gateway sent to Arxkeys since the last request.
func (w *walk) asksProperly(t *testing.T, name, method string) {
	t.Helper()
	for _, asked := range w.asked.take() {
		path, _, _ := strings.Cut(asked.uri, "?") // Caddy sends its caller's query, which the check ignores
		switch {
		case strings.Contains(asked.uri, "arxk_"):
			t.Errorf("%s: an access key is in %s", name, asked.uri)
		case asked.host != "keys.example" && !(w.takesHost && asked.host == w.keys):
			t.Errorf("%s: it asks %s", name, asked.host)
		case asked.body != "" || asked.length > 0:
			t.Errorf("%s: it sends a body", name)
		case asked.header.Get("Cookie") != "":
			t.Errorf("%s: it sends the caller's cookies", name)
		case w.appends && (asked.method != method || !strings.HasPrefix(path, "/v1/check/"+w.arx+"/at/")):
			t.Errorf("%s: it asks %s %s", name, asked.method, asked.uri)
		case !w.appends && (asked.method != "GET" || path != "/v1/check/"+w.arx):
			t.Errorf("%s: it asks %s %s", name, asked.method, asked.uri)
		}
	}
}

func (w *walk) allows(t *testing.T) {
	app := application(t)
	id, secret := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx})
	got := w.allow(t, "a valid key", id, "GET", "/pets?page=2", "", http.Header{"X-Api-Key": {secret}, "Cookie": {"a=b"}, "X-Other": {"c"}})
	if got.uri != "/pets?page=2" || got.header.Get("X-Other") != "c" || got.header.Get("Cookie") != "a=b" || got.host != "pets.example" {
		t.Errorf("the API received %+v", got)
	}
	for _, method := range []string{"HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		body := ""
		if method != "HEAD" {
			body = strings.Repeat("a body for the API ", 1000)
		}
		if got := w.allow(t, method, id, method, "/pets", body, http.Header{"X-Api-Key": {secret}}); got.method != method || got.body != body {
			t.Errorf("%s: the API received %s with %d bytes", method, got.method, len(got.body))
		}
	}
	local, secret := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, AllowedIPs: []string{"127.0.0.0/8"}})
	w.allow(t, "an allowed address", local, "GET", "/pets", "", http.Header{"X-Api-Key": {secret}})
	page, secret := key(t, api.CreateKeyRequest{ApplicationID: application(t, "https://shop.example"), ArxID: w.arx})
	w.allow(t, "an allowed origin", page, "GET", "/pets", "", http.Header{"X-Api-Key": {secret}, "Origin": {"https://shop.example"}})
	// A credential for the API itself is none of the gateway's business.
	got = w.allow(t, "authorization", id, "GET", "/pets", "", http.Header{"X-Api-Key": {w.keyOf(t, id)}, "Authorization": {"Basic dXNlcjpw"}})
	if got.header.Get("Authorization") != "Basic dXNlcjpw" {
		t.Errorf("the API received %v", got.header)
	}
}

// keyOf rotates the key, and returns its new access key.
func (w *walk) keyOf(t *testing.T, id string) string {
	t.Helper()
	none := 0
	return string(*call(t, api.RotateKey, api.RotateKeyRequest{ID: id, OverlapSeconds: &none}).AccessKey)
}

func (w *walk) refuses(t *testing.T) {
	app := application(t)
	id, valid := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx})
	if got := w.refuse(t, "no key", 401, nil); got.header.Get("Www-Authenticate") == "" {
		t.Errorf("no key: %v", got.header)
	}
	w.refuse(t, "an empty key", 401, http.Header{"X-Api-Key": {""}})
	w.refuse(t, "two keys", 401, http.Header{"X-Api-Key": {valid, unknownKey(t)}})
	w.refuse(t, "two keys, the valid one last", 401, http.Header{"X-Api-Key": {unknownKey(t), valid}})
	w.refuse(t, "two keys in one header", 401, http.Header{"X-Api-Key": {valid + ", " + valid}})
	w.refuse(t, "malformed", 401, http.Header{"X-Api-Key": {"arxk_dev_none"}})
	w.refuse(t, "the gateway's own credential", 401, http.Header{"X-Api-Key": {w.credential}})
	w.refuse(t, "unknown", 401, http.Header{"X-Api-Key": {unknownKey(t)}})
	_, other := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: arx(t)})
	w.refuse(t, "another Arx", 403, http.Header{"X-Api-Key": {other}})
	_, secret := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, Scopes: []string{"pets:write"}})
	w.refuse(t, "a scope", 403, http.Header{"X-Api-Key": {secret}})
	_, secret = key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, AllowedIPs: []string{"203.0.113.0/24"}})
	w.refuse(t, "an address", 403, http.Header{"X-Api-Key": {secret}})
	_, secret = key(t, api.CreateKeyRequest{ApplicationID: application(t, "https://shop.example"), ArxID: w.arx})
	w.refuse(t, "no origin", 403, http.Header{"X-Api-Key": {secret}})
	w.refuse(t, "another origin", 403, http.Header{"X-Api-Key": {secret}, "Origin": {"https://stranger.example"}})

	secret = w.expired(t, app)
	w.refuse(t, "expired", 403, http.Header{"X-Api-Key": {secret}})

	valid = w.keyOf(t, id)
	w.allow(t, "before the changes", id, "GET", "/pets", "", http.Header{"X-Api-Key": {valid}})
	call(t, api.DisableKey, api.Target{ID: id})
	w.refuse(t, "a disabled key", 403, http.Header{"X-Api-Key": {valid}})
	call(t, api.EnableKey, api.Target{ID: id})
	call(t, api.DisableApplication, api.Target{ID: app})
	w.refuse(t, "a disabled application", 403, http.Header{"X-Api-Key": {valid}})
	call(t, api.EnableApplication, api.Target{ID: app})
	call(t, api.DisableArx, api.Target{ID: w.arx})
	w.refuse(t, "a disabled Arx", 403, http.Header{"X-Api-Key": {valid}})
	call(t, api.EnableArx, api.Target{ID: w.arx})
	w.allow(t, "after the changes", id, "GET", "/pets", "", http.Header{"X-Api-Key": {valid}})
	call(t, api.DeleteKey, api.Target{ID: id})
	w.refuse(t, "a deleted key", 401, http.Header{"X-Api-Key": {valid}})
}

// expired returns an access key that has just expired.
func (w *walk) expired(t *testing.T, app string) string {
	t.Helper()
	for life := 2 * time.Second; ; life *= 2 {
		at := time.Now().Add(life)
		created, err := client.Call(t.Context(), arxkeys.client, api.CreateKey, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, Scopes: []string{"pets:read"}, ExpiresAt: &at})
		if err != nil && life > time.Minute {
			t.Fatal(err)
		} else if err != nil {
			continue // it took longer than that, on a busy machine
		}
		time.Sleep(time.Until(at) + time.Millisecond)
		return string(*created.AccessKey)
	}
}

func (w *walk) limits(t *testing.T) {
	app, once := application(t), 1
	for name, r := range map[string]api.CreateKeyRequest{
		"a rate limit": {RateLimit: &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds}},
		"uses":         {RemainingUses: &once},
	} {
		r.ApplicationID, r.ArxID = app, w.arx
		id, secret := key(t, r)
		w.allow(t, name+", first", id, "GET", "/pets", "", http.Header{"X-Api-Key": {secret}})
		if got := w.refuse(t, name+", second", w.limited, http.Header{"X-Api-Key": {secret}}); got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %v", name, got.header)
		}
	}
}

// spoofed are headers with which a caller tries to pass for another, or for the gateway.
func spoofed(more http.Header) http.Header {
	h := http.Header{
		"X-Arxkeys-Key-Id": {"key_spoofed"}, "X-Arxkeys-Application": {"app_spoofed"}, "X-Arxkeys-Arx": {"arx_spoofed"}, "X-Arxkeys-Tenant": {"spoofed"},
		"X-Arxkeys-Granted-Scopes": {"spoofed"}, "X-Arxkeys-Code": {"VALID"}, "X_Arxkeys_Key_Id": {"key_spoofed"}, "X-Arxkeys_Tenant": {"spoofed"}, "X_arxkeys-arx": {"spoofed"},
		"X-Arxkeys-Scopes": {"pets:write"}, "X-Arxkeys-Client-Ip": {"203.0.113.7"}, "X-Arxkeys-Origin": {"https://shop.example"}, "X-Arxkeys-Limited": {"403"},
		"X-Arxkeys-Key-Header": {"x-other"}, "X-Forwarded-For": {"203.0.113.7"}, "X-Real-Ip": {"203.0.113.7"}, "Forwarded": {"for=203.0.113.7"},
	}
	maps.Copy(h, more)
	return h
}

func (w *walk) ignoresSettings(t *testing.T) {
	app := application(t)
	id, valid := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx})
	w.allow(t, "a valid key", id, "GET", "/pets", "", spoofed(http.Header{"X-Api-Key": {valid}}))
	w.allow(t, "an identity named in Connection", id, "GET", "/pets", "", http.Header{"X-Api-Key": {valid}, "Connection": {"X-Arxkeys-Key-Id, x-arxkeys-tenant"}})
	w.refuse(t, "no key", 401, spoofed(nil))
	w.refuse(t, "the key in another header", 401, spoofed(http.Header{"X-Other": {valid}}))
	_, secret := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, Scopes: []string{"pets:write"}})
	w.refuse(t, "a scope", 403, spoofed(http.Header{"X-Api-Key": {secret}}))
	_, secret = key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, AllowedIPs: []string{"203.0.113.0/24"}})
	w.refuse(t, "an address", 403, spoofed(http.Header{"X-Api-Key": {secret}}))
	_, secret = key(t, api.CreateKeyRequest{ApplicationID: application(t, "https://shop.example"), ArxID: w.arx})
	w.refuse(t, "an origin", 403, spoofed(http.Header{"X-Api-Key": {secret}}))
	_, secret = key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx, RateLimit: &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds}})
	w.send(t, "GET", "/pets", "", spoofed(http.Header{"X-Api-Key": {secret}}))
	w.refuse(t, "a limit", w.limited, spoofed(http.Header{"X-Api-Key": {secret}}))
	// A credential of the caller's is not the gateway's.
	owner := managementKey(t, api.Verifier)
	_, other := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: arx(t)})
	w.refuse(t, "another credential", 403, spoofed(http.Header{"X-Api-Key": {other}, "Authorization": {"Bearer " + owner}}))
}

func (w *walk) ignoresPaths(t *testing.T) {
	app, another := application(t), arx(t)
	id, valid := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: w.arx})
	_, other := key(t, api.CreateKeyRequest{ApplicationID: app, ArxID: another})
	for _, path := range []string{
		"/../../v1/check/" + another, "/../*", "/../../*", "/../../../../v1/check/*", "/%2e%2e/%2e%2e/" + another, "/..%2f..%2f" + another, "/.%2e/../*", "/%2E%2E%5C..%5c*",
		"/pets/../../../" + another, "/pets//../../" + another, "/./../*", "/%252e%252e/*", "/..;/" + another, "/*", "/" + another, "/pets?arx_id=*&x-arxkeys-scopes=", "/?arx_id=" + another,
	} {
		w.asked.take()
		w.protected.take()
		got := w.send(t, "GET", path, "", http.Header{"X-Api-Key": {other}})
		if got.status < 400 || len(w.protected.take()) > 0 {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
		w.asksProperly(t, path, "GET")
	}
	for _, path := range []string{"/pets/a%20b?c=%2e%2e/%2F&d", "/pets/42?arx_id=*&x-arxkeys-scopes=all", "/"} {
		if got := w.allow(t, path, id, "GET", path, "", http.Header{"X-Api-Key": {valid}}); got.uri != path {
			t.Errorf("%s: the API received %s", path, got.uri)
		}
	}
}

// A gateway whose own configuration is wrong refuses everybody, and does not tell callers what is wrong.
func (w *walk) needsItsConfiguration(t *testing.T) {
	_, secret := key(t, api.CreateKeyRequest{ApplicationID: application(t), ArxID: w.arx})
	revoked := call(t, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "gateway " + secret[len(secret)-8:], Role: api.Verifier})
	call(t, api.DeleteManagementKey, api.Target{ID: revoked.ManagementKey.ID})
	for name, p := range map[string]place{
		"a deleted credential":   {arx: w.arx, credential: string(*revoked.Secret)},
		"no credential":          {arx: w.arx, credential: "none"},
		"a credential of others": {arx: w.arx, credential: managementKey(t, api.Developer)},
		"no Arx":                 {arx: "pets", credential: w.credential},
	} {
		other := *w
		other.arx = p.arx
		p.keys, p.pets, p.authority = w.keys, w.pets, w.authority
		other.url = w.start(t, p)
		other.refuse(t, name, broken, http.Header{"X-Api-Key": {secret}})
	}
	// Somebody else's server in place of Arxkeys: with a certificate of an unknown authority, or for another name.
	for name, change := range map[string]func(*place){
		"another authority": func(p *place) { p.authority = newAuthority(t).file },
		"another name":      func(p *place) { p.keys = w.impostor.Listener.Addr().String() },
	} {
		other := *w
		p := w.place
		change(&p)
		other.url = w.start(t, p)
		other.refuse(t, name, broken, http.Header{"X-Api-Key": {secret}})
		if asked := append(w.asked.take(), w.impostor.take()...); len(asked) > 0 {
			t.Errorf("%s: it trusts %v", name, asked)
		}
	}
}

func (w *walk) needsTheService(t *testing.T) {
	id, secret := key(t, api.CreateKeyRequest{ApplicationID: application(t), ArxID: w.arx})
	header := http.Header{"X-Api-Key": {secret}}
	w.allow(t, "before", id, "GET", "/pets", "", header)
	arxkeys.cut.Store(true)
	t.Cleanup(func() { arxkeys.cut.Store(false) })
	w.refuse(t, "the store is down", broken, header)
	arxkeys.cut.Store(false)
	w.allow(t, "the store is up", id, "GET", "/pets", "", header)
	for name, how := range map[string]func(http.ResponseWriter){
		"no connection": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"the status of a throttle": func(w http.ResponseWriter) {
			http.Error(w, `{"message":"Service Unavailable"}`, http.StatusServiceUnavailable)
		},
		"an error of the function": func(w http.ResponseWriter) {
			http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
		},
	} {
		w.asked.breaks(how)
		w.refuse(t, name, broken, header)
		w.asked.breaks(nil)
	}
	// A success that is not of the check, such as the challenge of a firewall, which is 202. Envoy passes its status on.
	for _, status := range []int{http.StatusAccepted, http.StatusNoContent, http.StatusTooManyRequests} {
		w.asked.breaks(func(w http.ResponseWriter) { w.WriteHeader(status) })
		w.protected.take()
		got := w.send(t, "GET", "/pets", "", header)
		if reached := w.protected.take(); len(reached) > 0 || got.status == http.StatusOK || got.body == "pets" {
			t.Errorf("%d in place of the check: %d %q, and the API received %v", status, got.status, got.body, reached)
		}
		w.asked.breaks(nil)
	}
	w.allow(t, "after", id, "GET", "/pets", "", header)
	w.asked.Close()
	w.refuse(t, "down", broken, header)
}
