package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// caller is a kind of caller of every operation.
type caller struct {
	name       string
	credential string
	role       api.Role // empty: not authenticated
	elsewhere  bool     // belongs to the other tenant
	holds      bool     // has an access key
}

// belongings is a laptop with the sample data, and all kinds of callers.
type belongings struct {
	*laptop
	callers []caller
	dataset examples.Dataset // with the credentials of the callers
}

// theTable is the name of the laptop's table.
const theTable = "arxkeys"

func newBelongings(t *testing.T) *belongings {
	t.Helper()
	b := &belongings{laptop: newLaptop(t.TempDir())}
	t.Cleanup(b.stop)
	if err := b.start(false); err != nil {
		t.Fatal(err)
	}
	dataset, err := examples.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	b.dataset = dataset
	b.restore(t)

	for _, p := range []struct {
		email string
		role  api.Role
	}{{"owner@example.com", api.Owner}, {"admin@example.com", api.Admin}, {"developer@example.com", api.Developer}, {"owner@other.example", api.Owner}} {
		token, err := b.stack.AccessToken(t.Context(), p.email)
		if err != nil {
			t.Fatal(err)
		}
		b.callers = append(b.callers, caller{name: p.email, credential: token, role: p.role, elsewhere: p.email == "owner@other.example"})
	}
	owner := b.callers[0].credential
	var expires time.Time
	for _, role := range []api.Role{api.Owner, api.Admin, api.Developer, api.Verifier} {
		_, secret := b.mint(t, owner, role, time.Now().AddDate(0, 11, 0).Format(time.RFC3339))
		b.callers = append(b.callers, caller{name: "a management key of the role " + string(role), credential: secret, role: role})
	}
	deleted, secret := b.mint(t, owner, api.Owner, time.Now().AddDate(0, 11, 0).Format(time.RFC3339))
	if answer := b.do(t, "DELETE", "/v1/management-keys/"+deleted, owner, ""); answer.status != 200 {
		t.Fatalf("delete a management key: %s", answer)
	}
	b.callers = append(b.callers, caller{name: "a deleted management key", credential: secret})
	expires = time.Now().Add(1500 * time.Millisecond)
	_, secret = b.mint(t, owner, api.Owner, expires.UTC().Format("2006-01-02T15:04:05.000Z"))
	b.callers = append(b.callers, caller{name: "an expired management key", credential: secret})

	tokens, err := codeFlow(b.url(), "owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b.callers = append(b.callers,
		caller{name: "nobody"},
		caller{name: "an ID token", credential: tokens.ID},
		caller{name: "a refresh token", credential: tokens.Refresh},
		caller{name: "an access key", credential: b.dataset.AccessKey, holds: true},
	)
	// Create a second resource of each kind, so that lists have a second page.
	for _, op := range api.Operations() {
		if c := good(t, op); strings.HasSuffix(op.Name, ".create") {
			c.Body = different(t, c.Body)
			if answer := b.call(t, c, owner); answer.status != c.Status {
				t.Fatalf("%s: %s", op.Name, answer)
			}
		}
	}
	if err := b.dataset.Scan(t.Context(), b.engine.URL(), theTable); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(expires))
	return b
}

// mint creates a management key and returns its id and its secret.
func (b *belongings) mint(t *testing.T, credential string, role api.Role, expires string) (id, secret string) {
	t.Helper()
	answer := b.do(t, "POST", "/v1/management-keys", credential, `{"name": "`+string(role)+`", "role": "`+string(role)+`", "expires_at": "`+expires+`"}`)
	id, err := field(answer.body, "management_key.id")
	if err == nil {
		secret, err = field(answer.body, "secret")
	}
	if err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return id, secret
}

// restore resets the data.
func (b *belongings) restore(t *testing.T) {
	t.Helper()
	if err := b.dataset.Restore(t.Context(), b.engine.URL(), theTable); err != nil {
		t.Fatal(err)
	}
}

// answered is a response of the API.
type answered struct {
	status int
	header http.Header
	body   []byte
}

func (a answered) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func (b *belongings) call(t *testing.T, c examples.Call, credential string, header ...string) answered {
	t.Helper()
	c.Credential = credential
	r, err := c.Request(t.Context(), b.url())
	if err != nil {
		t.Fatal(err)
	}
	return send(t, r, header...)
}

func (b *belongings) do(t *testing.T, method, path, credential, body string) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.url()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+credential)
	return send(t, r)
}

func send(t *testing.T, r *http.Request, header ...string) answered {
	t.Helper()
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{res.StatusCode, res.Header, body}
}

// good returns the operation's successful call.
func good(t *testing.T, op api.Spec) examples.Call {
	t.Helper()
	c, err := examples.Good(op)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// prepare makes the calls that must come before the successful call.
func (b *belongings) prepare(t *testing.T, c examples.Call) {
	t.Helper()
	b.restore(t)
	for _, name := range c.After {
		for _, op := range api.Operations() {
			if op.Name == name {
				if answer := b.call(t, good(t, op), b.callers[0].credential); answer.status/100 != 2 {
					t.Fatalf("before it, %s: %s", name, answer)
				}
			}
		}
	}
}

// changes reports whether the operation changes data, which must then be reset.
func changes(op api.Spec) bool { return op.Method != "GET" && op.Name != api.VerifyKey.Name }

// TestEveryOperationChecksItsCallers calls every operation with every kind of caller: it succeeds with permission,
// returns 403 without, 401 for unknown callers, and 404 for callers of the other tenant.
func TestEveryOperationChecksItsCallers(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		t.Run(op.Name, func(t *testing.T) {
			c := good(t, op)
			b.prepare(t, c)
			for _, who := range b.callers {
				want := expected(op, c, who)
				if want/100 == 2 && changes(op) {
					b.prepare(t, c)
				}
				answer := b.call(t, c, who.credential)
				if answer.status != want {
					t.Errorf("%s: want %d: %s", who.name, want, answer)
				}
				if who.elsewhere && op.Permission != api.Public {
					for _, theirs := range []string{"Billing", "Production", "nightly export", "owner@example.com"} {
						if bytes.Contains(answer.body, []byte(theirs)) {
							t.Errorf("%s sees %q: %s", who.name, theirs, answer)
						}
					}
				}
			}
		})
	}
}

// expected returns the status of a successful call for the caller, by role and tenant.
func expected(op api.Spec, c examples.Call, who caller) int {
	switch {
	case op.Permission == api.Public:
		return op.Status
	case op.Permission == api.HoldKey && who.holds:
		return op.Status
	case op.Permission == api.HoldKey: // from API Gateway: its authorizer knows no principals
		return http.StatusForbidden
	case who.role == "":
		return http.StatusUnauthorized
	case !auth.Principal{Role: who.role}.May(permission(op)):
		return http.StatusForbidden
	case who.elsewhere && strings.Contains(op.Path, "{id}"):
		return http.StatusNotFound
	case who.elsewhere && op.Name == api.GetUsage.Name: // it asks for the usage of another tenant's resource
		return http.StatusNotFound
	case who.elsewhere && op.Name == api.CreateKey.Name: // with an application and an Arx of another tenant
		return http.StatusUnprocessableEntity
	}
	return op.Status
}

// permission returns the permission that the operation's successful call needs. Fewer roles may read the activity of
// the whole tenant than the history of one resource, although it is the same operation.
func permission(op api.Spec) api.Permission {
	if op.Name == api.ListEvents.Name {
		return api.ReadActivity
	}
	return op.Permission
}

// TestManagementKeyMintsNoOwner checks that no management key can create one with the role owner.
func TestManagementKeyMintsNoOwner(t *testing.T) {
	b := newBelongings(t)
	for _, who := range b.callers {
		answer := b.do(t, "POST", "/v1/management-keys", who.credential, `{"name": "more", "role": "owner"}`)
		switch {
		case who.role == "" && answer.status != 401,
			strings.Contains(who.name, "management key") && who.role != "" && answer.status != 403,
			strings.HasPrefix(who.name, "owner@") && answer.status != 201:
			t.Errorf("%s: %s", who.name, answer)
		}
	}
}

// TestHistoryOfAResourceNeedsItsPermission checks that the roles that manage keys can read histories, except those of
// management keys, which only owners can read, and that other tenants read nothing.
func TestHistoryOfAResourceNeedsItsPermission(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		if op.Name != api.ListEvents.Name {
			continue
		}
		for _, id := range []string{b.dataset.Application, b.dataset.Arx, b.dataset.Key} {
			c := good(t, op)
			c.Query = "resource_id=" + id
			for _, who := range b.callers {
				answer := b.call(t, c, who.credential)
				switch {
				case who.role == "" && answer.status == 401, who.role == api.Verifier && answer.status == 403:
				case who.elsewhere && !bytes.Contains(answer.body, []byte("evt_")):
				case answer.status == 200 && !who.elsewhere && bytes.Contains(answer.body, []byte("evt_")):
				default:
					t.Errorf("%s, of %s: %s", who.name, id, answer)
				}
			}
		}
		c := good(t, op)
		c.Query = "resource_id=" + b.dataset.ManagementKey
		for _, who := range b.callers {
			if answer := b.call(t, c, who.credential); who.role == api.Developer && answer.status != 403 {
				t.Errorf("%s, of a management key: %s", who.name, answer)
			}
		}
	}
}

// TestCursorIsValidOnlyForItsList uses the cursor of every list with the other tenant, with another filter, and with
// every other list.
func TestCursorIsValidOnlyForItsList(t *testing.T) {
	b := newBelongings(t)
	owner, other := b.callers[0].credential, b.callers[3].credential
	cursors := map[string]string{}
	var lists []examples.Call
	for _, op := range api.Operations() {
		if !takes(op, api.InQuery, "cursor") {
			continue
		}
		c := good(t, op)
		c.Query = "limit=1"
		cursor, err := field(b.call(t, c, owner).body, "next_cursor")
		if err != nil {
			t.Errorf("%s has no second page: %v", op.Name, err)
			continue
		}
		lists, cursors[op.Name] = append(lists, c), url.QueryEscape(cursor)
	}
	for _, c := range lists {
		with := func(query string) examples.Call { c.Query = query; return c }
		cursor := "cursor=" + cursors[c.Operation.Name]
		if answer := b.call(t, with("limit=1&"+cursor), owner); answer.status != 200 {
			t.Errorf("%s, its own second page: %s", c.Operation.Name, answer)
		}
		if answer := b.call(t, with("limit=1&"+cursor), other); answer.status != 422 {
			t.Errorf("%s, the other tenant's: %s", c.Operation.Name, answer)
		}
		if takes(c.Operation, api.InQuery, "q") {
			if answer := b.call(t, with("q=x&"+cursor), owner); answer.status != 422 {
				t.Errorf("%s, another filter: %s", c.Operation.Name, answer)
			}
		}
		for name, foreign := range cursors {
			if name == c.Operation.Name {
				continue
			}
			if answer := b.call(t, with("cursor="+foreign), owner); answer.status != 422 {
				t.Errorf("%s, with the cursor of %s: %s", c.Operation.Name, name, answer)
			}
		}
	}
}

// takes reports whether the operation has the parameter.
func takes(op api.Spec, place api.Place, name string) bool {
	return slices.ContainsFunc(api.Bind(op.Request).Params, func(p api.Param) bool { return p.Place == place && p.Name == name })
}

// TestRepeatedRequestIsDoneOnce repeats every idempotent request, by the same caller and by others, for whom it is a
// new request.
func TestRepeatedRequestIsDoneOnce(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		if !takes(op, api.InHeader, "Idempotency-Key") {
			continue
		}
		t.Run(op.Name, func(t *testing.T) {
			c := good(t, op)
			b.prepare(t, c)
			owner := b.callers[0].credential
			key := []string{"Idempotency-Key", "the same"}
			first, again := b.call(t, c, owner, key...), b.call(t, c, owner, key...)
			if first.status != c.Status || again.status != c.Status || made(first) == "" || made(first) != made(again) {
				t.Errorf("at first %s\nagain %s", first, again)
			}
			if first.header.Get("Idempotency-Replayed") != "" || again.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("at first %v\nagain %v", first.header, again.header)
			}
			for _, secret := range []string{"access_key", "secret"} {
				if was, err := field(first.body, secret); err == nil && bytes.Contains(again.body, []byte(was)) {
					t.Errorf("the %s is shown twice", secret)
				}
			}
			differs := c
			differs.Body = different(t, c.Body)
			if answer := b.call(t, differs, owner, key...); answer.status != 422 {
				t.Errorf("with another body: %s", answer)
			}
			for _, who := range b.callers[1:] {
				if answer := b.call(t, c, who.credential, key...); answer.header.Get("Idempotency-Replayed") != "" || made(answer) == made(first) && answer.status == 201 {
					t.Errorf("%s gets the owner's response: %s", who.name, answer)
				}
			}
		})
	}
}

// made returns the id of the resource in the response.
func made(a answered) string {
	for _, path := range []string{"id", "key.id", "management_key.id"} {
		if id, err := field(a.body, path); err == nil {
			return id
		}
	}
	return ""
}

// different returns the body with another name, or another number.
func different(t *testing.T, body string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatal(err)
	}
	if name, ok := members["name"].(string); ok {
		members["name"] = name + " 2"
	} else {
		for member, value := range members {
			if n, ok := value.(float64); ok {
				members[member] = n + 1
			}
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestStaleVersionStopsTheChange sends a stale If-Match with every change that accepts it.
func TestStaleVersionStopsTheChange(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		if !takes(op, api.InHeader, "If-Match") {
			continue
		}
		c := good(t, op)
		b.prepare(t, c)
		owner := b.callers[0].credential
		if answer := b.call(t, c, owner, "If-Match", `"another"`); answer.status != 412 {
			t.Errorf("%s: %s", op.Name, answer)
		}
		if answer := b.call(t, c, owner, "If-Match", "*"); answer.status != c.Status {
			t.Errorf("%s: %s", op.Name, answer)
		}
	}
}

// TestFieldsThatMayNotBeSetAreRefused sends fields that only the service sets.
func TestFieldsThatMayNotBeSetAreRefused(t *testing.T) {
	b := newBelongings(t)
	for _, op := range api.Operations() {
		members := api.Bind(op.Request).Members
		if len(members) == 0 {
			continue
		}
		c := good(t, op)
		body := strings.TrimSuffix(strings.TrimSpace(c.Body), "}")
		for _, name := range []string{"id", "tenant", "status", "created_by", "created_at", "version", "is_default", "digest", "last_used_at", "can"} {
			c.Body = body + `, "` + name + `": "x"}`
			if answer := b.call(t, c, b.callers[0].credential); answer.status != 422 || !bytes.Contains(answer.body, []byte(`"`+name+`"`)) {
				t.Errorf("%s accepts %s: %s", op.Name, name, answer)
			}
		}
	}
}
