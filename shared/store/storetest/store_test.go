package storetest_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// stores contains every store on one table, and a clock that the test moves.
type stores struct {
	t      testing.TB
	engine *storetest.Engine
	db     *table.Table
	clock  clock

	applications *applicationstore.Applications
	arxes        *arxstore.Arxes
	keys         *keystore.Keys
	counts       *countstore.Counts
}

func build(t testing.TB, db *table.Table, e *storetest.Engine) *stores {
	h := &stores{t: t, engine: e, clock: clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}}
	h.db = db.WithClock(h.clock.now)
	h.applications, h.arxes, h.keys, h.counts = applicationstore.New(h.db), arxstore.New(h.db), keystore.New(h.db), countstore.New(h.db)
	return h
}

func open(t testing.TB) *stores {
	t.Helper()
	e := storetest.Open(t)
	return build(t, e.Table(), e)
}

func owner(tenant string) auth.Principal {
	return auth.Principal{Kind: api.Person, ID: "p-1", Name: "owner@example.com", Tenant: tenant, Role: api.Owner, From: "203.0.113.7", RequestID: "r-1"}
}

// tick advances the clock, so that ids sort in order of creation.
func (h *stores) tick() time.Time {
	return h.clock.add(2 * time.Millisecond)
}

func (h *stores) newApplication(by auth.Principal, name string) (applications.Application, audit.Event) {
	h.t.Helper()
	req := api.CreateApplicationRequest{Name: name, Technology: api.Server}
	a := must(applications.New(by, req, h.tick(), rand.Reader))
	return a, must(audit.New(by, "applications.create", a.Resource(), a.Created(), "", h.clock.now(), rand.Reader))
}

// must panics on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (h *stores) application(by auth.Principal, name string) applications.Application {
	h.t.Helper()
	a, e := h.newApplication(by, name)
	if err := h.applications.Create(h.t.Context(), a, e, requeststore.Request{}); err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *stores) newArx(by auth.Principal, name string) (arxes.Arx, audit.Event) {
	h.t.Helper()
	req := api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}, Purpose: api.Production, Endpoint: "https://arx.example"}
	a := must(arxes.New(by, req, h.tick(), rand.Reader))
	return a, must(audit.New(by, "arxes.create", a.Resource(), a.Created(), "", h.clock.now(), rand.Reader))
}

func (h *stores) arx(by auth.Principal, name string) arxes.Arx {
	h.t.Helper()
	a, e := h.newArx(by, name)
	if _, err := h.arxes.Create(h.t.Context(), a, e, requeststore.Request{}); err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *stores) deleteArx(by auth.Principal, id string) error {
	_, err := h.arxes.Delete(h.t.Context(), by.Tenant, id, func(was arxes.Arx) (arxes.Arx, audit.Event, error) {
		is, err := was.Do(arxes.Delete, by, h.clock.now())
		if err != nil {
			return is, audit.Event{}, err
		}
		e, err := audit.New(by, "arxes.delete", is.Resource(), audit.Changes{"status": {was.Status, is.Status}}, was.LastEvent, h.clock.now(), rand.Reader)
		return is, e, err
	})
	return err
}

func (h *stores) newKey(by auth.Principal, app applications.Application, arx arxes.Arx, req api.CreateKeyRequest) (keys.Key, accesskey.Secret, audit.Event) {
	h.t.Helper()
	k, secret, err := keys.New(by, req, app, arx, h.tick(), rand.Reader)
	if err != nil {
		h.t.Fatal(err)
	}
	return k, secret, must(audit.New(by, "keys.create", k.Resource(), k.Created(), "", h.clock.now(), rand.Reader))
}

func (h *stores) key(by auth.Principal, app applications.Application, arx arxes.Arx, req api.CreateKeyRequest) (keys.Key, accesskey.Secret) {
	h.t.Helper()
	k, secret, e := h.newKey(by, app, arx, req)
	if err := h.keys.Create(h.t.Context(), k, secret.Digest(), e, requeststore.Request{}); err != nil {
		h.t.Fatal(err)
	}
	return k, secret
}

func (h *stores) deletion(by auth.Principal) func(was keys.Key) (keys.Key, audit.Event, error) {
	return func(was keys.Key) (keys.Key, audit.Event, error) {
		is, err := was.Do(keys.Delete, h.clock.now(), api.ArxActive)
		if err != nil {
			return is, audit.Event{}, err
		}
		e, err := audit.New(by, "keys.delete", is.Resource(), audit.Changes{"status": {was.State, is.State}}, was.LastEvent, h.clock.now(), rand.Reader)
		return is, e, err
	}
}

func (h *stores) deleteKey(by auth.Principal, id string) error {
	_, err := h.keys.Change(h.t.Context(), by.Tenant, id, h.deletion(by))
	return err
}

// page reads one page of a list of keys.
func (h *stores) page(tenant string, req api.ListKeysRequest, now time.Time) ([]keys.Row, *string, error) {
	page, err := h.keys.Page(h.t.Context(), tenant, req, now)
	return page.Rows, page.Next, err
}

// ids lists the tenant's keys page by page, and fails if a page exceeds its limit.
func (h *stores) ids(by auth.Principal, req api.ListKeysRequest) []string {
	h.t.Helper()
	var ids []string
	for {
		rows, next, err := h.page(by.Tenant, req, h.clock.now())
		if err != nil {
			h.t.Fatal(err)
		}
		if len(rows) > req.Items() {
			h.t.Fatalf("a page of %d rows, limit %d", len(rows), req.Items())
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		if next == nil {
			return ids
		}
		req.Cursor = *next
	}
}

func (h *stores) wantTotals(by auth.Principal, want api.KeyTotals) {
	h.t.Helper()
	got, err := h.counts.Keys(h.t.Context(), by.Tenant, h.clock.now())
	if err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestNamesDifferingOnlyInCaseCollide(t *testing.T) {
	h, by := open(t), owner("acme")
	h.application(by, "Billing")
	again, e := h.newApplication(by, " bILLING")
	if err := h.applications.Create(t.Context(), again, e, requeststore.Request{}); !problem.Is(err, problem.NameTaken) {
		t.Errorf("the same name again: %v, want name_taken", err)
	}
	h.application(owner("other"), "Billing") // another tenant's names are its own
	h.arx(by, "Billing")                     // and so are those of Arxes
	arx, e := h.newArx(by, "billing")
	if _, err := h.arxes.Create(t.Context(), arx, e, requeststore.Request{}); !problem.Is(err, problem.NameTaken) {
		t.Errorf("the same Arx again: %v, want name_taken", err)
	}
}

func TestNothingIsFoundAcrossTenants(t *testing.T) {
	h, by, other := open(t), owner("acme"), owner("other")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if _, err := h.applications.Get(t.Context(), other.Tenant, app.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("application: %v, want not_found", err)
	}
	if _, err := h.arxes.Get(t.Context(), other.Tenant, arx.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("Arx: %v, want not_found", err)
	}
	if _, err := h.keys.Get(t.Context(), other.Tenant, k.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("key: %v, want not_found", err)
	}
	if err := h.deleteKey(other, k.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("delete the key: %v, want not_found", err)
	}
	if err := h.deleteArx(other, arx.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("delete the Arx: %v, want not_found", err)
	}
	if ids := h.ids(other, api.ListKeysRequest{}); len(ids) > 0 {
		t.Errorf("the other tenant lists %v", ids)
	}
	h.wantTotals(other, api.KeyTotals{})
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
}

func TestIDsOfTheWrongFormAreNotFound(t *testing.T) {
	h := open(t)
	for _, id := range []string{"", "-", "key_", "live#key_0123456789abcdef", "app_0123456789abcdeF#", strings.Repeat("a", 3000)} {
		if _, err := h.keys.Get(t.Context(), "acme", id); !problem.Is(err, problem.NotFound) {
			t.Errorf("key %.20q: %v, want not_found", id, err)
		}
		if _, err := h.applications.Get(t.Context(), "acme", id); !problem.Is(err, problem.NotFound) {
			t.Errorf("application %.20q: %v, want not_found", id, err)
		}
		if _, err := h.arxes.Get(t.Context(), "acme", id); !problem.Is(err, problem.NotFound) {
			t.Errorf("Arx %.20q: %v, want not_found", id, err)
		}
	}
}

func TestRecordsAreReadAsWritten(t *testing.T) {
	h, by := open(t), owner("acme")
	app := must(applications.New(by, api.CreateApplicationRequest{
		Name: "Shop ☂", Description: "two\nlines", Technology: api.Client, AllowedOrigins: []string{"https://b.example", "https://a.example:8443"},
	}, h.tick(), rand.Reader))
	e := must(audit.New(by, "applications.create", app.Resource(), app.Created(), "", h.clock.now(), rand.Reader))
	if err := h.applications.Create(t.Context(), app, e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	app.LastEvent = e.Hash
	if diff := cmp.Diff(app, must(h.applications.Get(t.Context(), "acme", app.ID))); diff != "" {
		t.Errorf("application (-kept +read):\n%s", diff)
	}
	arx, e := h.newArx(by, "EU")
	if _, err := h.arxes.Create(t.Context(), arx, e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	arx.LastEvent = e.Hash
	if diff := cmp.Diff(arx, must(h.arxes.Get(t.Context(), "acme", arx.ID))); diff != "" {
		t.Errorf("Arx (-kept +read):\n%s", diff)
	}
	expires := h.clock.now().Add(time.Hour)
	k, secret, e := h.newKey(by, app, arx, api.CreateKeyRequest{
		Name: "nightly", Scopes: []string{"b:*", "a:read"}, ExpiresAt: &expires, Metadata: json.RawMessage(`{"team":"x"}`),
	})
	if err := h.keys.Create(t.Context(), k, secret.Digest(), e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	k.LastEvent, k.Counted = e.Hash, "" // its counted status is only in the row
	if diff := cmp.Diff(k, must(h.keys.Get(t.Context(), "acme", k.ID))); diff != "" {
		t.Errorf("key (-kept +read):\n%s", diff)
	}
	rows, _, err := h.page("acme", api.ListKeysRequest{}, h.clock.now())
	k.Counted = api.KeyActive
	if diff := cmp.Diff([]keys.Row{k.Row}, rows); diff != "" || err != nil {
		t.Errorf("row (-kept +read), %v:\n%s", err, diff)
	}
	credential := must(credentialstore.Find(t.Context(), h.db, k.ID))
	if !credential.Knows(keys.Question{Tenant: "acme", Digest: secret.Digest()}) {
		t.Error("the credential does not know its own access key")
	}
	gates := gatestore.New(h.db, 0)
	appGate, arxGate, err := gates.Find(t.Context(), app.ID, arx.ID)
	if err != nil {
		t.Fatal(err)
	}
	q := keys.Question{Tenant: "acme", Digest: secret.Digest(), Origin: "https://b.example", At: h.clock.now()}
	if verdict := keys.Decide(credential, appGate, arxGate, q).Verdict; !verdict.Valid || verdict.Arx.Endpoint != arx.Endpoint {
		t.Errorf("verdict %+v, want VALID", verdict)
	}
}

func TestListReflectsThePreviousWrite(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	var newestFirst []string
	for i := range 7 {
		k, _ := h.key(by, app, arx, api.CreateKeyRequest{Name: fmt.Sprint("key ", i)})
		newestFirst = append([]string{k.ID}, newestFirst...)
		if diff := cmp.Diff(newestFirst, h.ids(by, api.ListKeysRequest{})); diff != "" {
			t.Fatalf("after create %d (-want +got):\n%s", i, diff)
		}
		h.wantTotals(by, api.KeyTotals{Total: i + 1, Active: i + 1})
	}
	for _, limit := range []int{1, 2, 3, 7} {
		if diff := cmp.Diff(newestFirst, h.ids(by, api.ListKeysRequest{Page: api.Page{Limit: limit}})); diff != "" {
			t.Errorf("in pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	gone := newestFirst[2]
	if err := h.deleteKey(by, gone); err != nil {
		t.Fatal(err)
	}
	left := append(append([]string{}, newestFirst[:2]...), newestFirst[3:]...)
	if diff := cmp.Diff(left, h.ids(by, api.ListKeysRequest{Page: api.Page{Limit: 2}})); diff != "" {
		t.Errorf("after delete (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(newestFirst, h.ids(by, api.ListKeysRequest{Page: api.Page{Limit: 2}, Include: "deleted"})); diff != "" {
		t.Errorf("including deleted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{gone}, h.ids(by, api.ListKeysRequest{Status: api.DeletedKeys})); diff != "" {
		t.Errorf("only deleted (-want +got):\n%s", diff)
	}
	h.wantTotals(by, api.KeyTotals{Total: 6, Active: 6, Deleted: 1})
	if err := h.deleteKey(by, gone); !problem.Is(err, problem.WrongState) {
		t.Errorf("delete it again: %v, want wrong_state", err)
	}
	h.wantTotals(by, api.KeyTotals{Total: 6, Active: 6, Deleted: 1})
	if k := must(credentialstore.Find(t.Context(), h.db, gone)); len(k.Digest) > 0 {
		t.Error("a deleted key keeps its digest")
	}
}

func TestFiltersAndSearchFind(t *testing.T) {
	h, by := open(t), owner("acme")
	app, other := h.application(by, "Billing"), h.application(by, "Shop")
	eu, us := h.arx(by, "EU"), h.arx(by, "US")
	soon := h.clock.now().Add(time.Minute)
	a, secret := h.key(by, app, eu, api.CreateKeyRequest{Name: "Nightly Export"})
	b, _ := h.key(by, other, eu, api.CreateKeyRequest{Name: "courier", ExpiresAt: &soon})
	c, _ := h.key(by, app, us, api.CreateKeyRequest{})
	want := func(req api.ListKeysRequest, ids ...string) {
		t.Helper()
		if diff := cmp.Diff(ids, h.ids(by, req)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", req, diff)
		}
	}
	want(api.ListKeysRequest{ApplicationID: app.ID}, c.ID, a.ID)
	want(api.ListKeysRequest{ArxID: eu.ID}, b.ID, a.ID)
	want(api.ListKeysRequest{ArxID: eu.ID, ApplicationID: app.ID}, a.ID)
	want(api.ListKeysRequest{Page: api.Page{Query: "nIGHTLY e"}}, a.ID)
	want(api.ListKeysRequest{Page: api.Page{Query: b.ID}}, b.ID)
	want(api.ListKeysRequest{Page: api.Page{Query: "…" + secret.LastFour()}}, a.ID)
	want(api.ListKeysRequest{Page: api.Page{Query: "no such"}})
	h.clock.add(time.Hour)
	want(api.ListKeysRequest{Status: api.ExpiredKeys}, b.ID)
	want(api.ListKeysRequest{Status: api.ActiveKeys}, c.ID, a.ID)
}

func TestCursorIsValidOnlyForItsOwnList(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	for range 3 {
		h.key(by, app, arx, api.CreateKeyRequest{})
	}
	_, next, err := h.page("acme", api.ListKeysRequest{Page: api.Page{Limit: 1}}, h.clock.now())
	if err != nil || next == nil {
		t.Fatalf("no cursor: %v", err)
	}
	refused := func(tenant string, req api.ListKeysRequest) {
		t.Helper()
		if _, _, err := h.page(tenant, req, h.clock.now()); !problem.Is(err, problem.InvalidField) {
			t.Errorf("%s %+v: %v, want invalid_field", tenant, req, err)
		}
	}
	refused("other", api.ListKeysRequest{Page: api.Page{Cursor: *next}})
	refused("acme", api.ListKeysRequest{Page: api.Page{Cursor: *next, Query: "x"}})
	refused("acme", api.ListKeysRequest{Page: api.Page{Cursor: *next}, ArxID: arx.ID})
	refused("acme", api.ListKeysRequest{Page: api.Page{Cursor: *next + "A"}, Include: "deleted"})
	refused("acme", api.ListKeysRequest{Page: api.Page{Cursor: "bad cursor"}})
	forged := table.Cursor("live#", api.ListKeys.Name, "acme", "", "", "", "", "", string(api.NewestFirst))
	refused("acme", api.ListKeysRequest{Page: api.Page{Cursor: forged}})
	if _, err := h.applications.List(t.Context(), "acme", api.ListApplicationsRequest{Page: api.Page{Cursor: *next}}); !problem.Is(err, problem.InvalidField) {
		t.Errorf("another list accepts it: %v", err)
	}
	if _, err := h.arxes.List(t.Context(), "acme", api.ListArxesRequest{Page: api.Page{Cursor: *next}}); !problem.Is(err, problem.InvalidField) {
		t.Errorf("another list accepts it: %v", err)
	}
}

func TestExpiredKeyCountsAsExpiredAtOnce(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	expires := h.clock.now().Add(time.Hour)
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{ExpiresAt: &expires})
	h.key(by, app, arx, api.CreateKeyRequest{})
	h.clock.set(expires.Add(-time.Millisecond))
	h.wantTotals(by, api.KeyTotals{Total: 2, Active: 2})
	h.clock.set(expires)
	want := api.KeyTotals{Total: 2, Active: 1, Expired: 1}
	h.wantTotals(by, want)
	byApplication := must(h.counts.KeysByApplication(t.Context(), "acme", app.ID, app.ID, h.clock.now()))
	byArx := must(h.counts.KeysByArx(t.Context(), "acme", arx.ID, arx.ID, h.clock.now()))
	if byApplication[app.ID] != want || byArx[arx.ID] != want {
		t.Errorf("application %+v, Arx %+v, want %+v", byApplication[app.ID], byArx[arx.ID], want)
	}
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1, Deleted: 1})
}

func TestExactlyOneArxIsTheDefault(t *testing.T) {
	h, by := open(t), owner("acme")
	first, second := h.arx(by, "EU"), h.arx(by, "US")
	standing := func(id string, live int) {
		t.Helper()
		if got := must(h.arxes.Default(t.Context(), "acme")); got != (arxes.Default{ArxID: id, Live: live}) {
			t.Errorf("default %+v, want %s of %d", got, id, live)
		}
	}
	standing(first.ID, 2)
	if err := h.deleteArx(by, first.ID); !problem.Is(err, problem.WrongState) {
		t.Errorf("delete the default: %v, want wrong_state", err)
	}
	if err := h.deleteArx(by, second.ID); err != nil {
		t.Fatal(err)
	}
	standing(first.ID, 1)
	if err := h.deleteArx(by, first.ID); err != nil {
		t.Fatal(err)
	}
	standing("", 0)
	if err := h.deleteArx(by, first.ID); !problem.Is(err, problem.WrongState) {
		t.Errorf("delete it again: %v, want wrong_state", err)
	}
	again := h.arx(by, "eu") // its name is free again
	standing(again.ID, 1)
	if totals := must(h.counts.Arxes(t.Context(), "acme")); totals != (api.ArxTotals{Total: 1, Active: 1}) {
		t.Errorf("totals %+v", totals)
	}
}

func TestDeletingAnArxDeletesItsKeysAtOnce(t *testing.T) {
	h, by := open(t), owner("acme")
	app := h.application(by, "Billing")
	stays, goes := h.arx(by, "EU"), h.arx(by, "US")
	kept, _ := h.key(by, app, stays, api.CreateKeyRequest{})
	var gone []string
	for range 5 {
		k, _ := h.key(by, app, goes, api.CreateKeyRequest{})
		gone = append([]string{k.ID}, gone...)
	}
	expires := h.clock.now().Add(50 * time.Millisecond)
	past, secret := h.key(by, app, goes, api.CreateKeyRequest{ExpiresAt: &expires})
	gone = append([]string{past.ID}, gone...)
	h.clock.add(time.Second)
	if err := h.deleteArx(by, goes.ID); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		if diff := cmp.Diff([]string{kept.ID}, h.ids(by, api.ListKeysRequest{Page: api.Page{Limit: 2}})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		if diff := cmp.Diff(gone, h.ids(by, api.ListKeysRequest{Page: api.Page{Limit: 2}, Status: api.DeletedKeys})); diff != "" {
			t.Errorf("%s, deleted keys (-want +got):\n%s", when, diff)
		}
		want := api.KeyTotals{Total: 1, Active: 1, Deleted: 6}
		h.wantTotals(by, want)
		if got := must(h.counts.KeysByApplication(t.Context(), "acme", app.ID, app.ID, h.clock.now()))[app.ID]; got != want {
			t.Errorf("%s: the application counts %+v, want %+v", when, got, want)
		}
		if got := must(h.counts.KeysByArx(t.Context(), "acme", goes.ID, goes.ID, h.clock.now()))[goes.ID]; got != (api.KeyTotals{Deleted: 6}) {
			t.Errorf("%s: the Arx counts %+v", when, got)
		}
		credential := must(credentialstore.Find(t.Context(), h.db, past.ID))
		appGate, arxGate, err := gatestore.New(h.db, 0).Find(t.Context(), app.ID, goes.ID)
		if err != nil {
			t.Fatal(err)
		}
		verdict := keys.Decide(credential, appGate, arxGate, keys.Question{Tenant: "acme", Digest: secret.Digest(), At: h.clock.now()}).Verdict
		if diff := cmp.Diff(keys.Refused(api.CodeNotFound), verdict); diff != "" {
			t.Errorf("%s: its key (-want +got):\n%s", when, diff)
		}
	}
	check("before settlement")
	for range 2 { // safe to run again
		if err := h.keys.Settle(t.Context(), "acme", goes.ID, h.deletion(by)); err != nil {
			t.Fatal(err)
		}
		check("after settlement")
	}
	for _, id := range gone {
		if k := must(h.keys.Get(t.Context(), "acme", id)); k.State != api.KeyDeleted {
			t.Errorf("key %s is %s", id, k.State)
		}
	}
}

func TestConcurrentCreatesAllSucceed(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	const many = 60
	type made struct {
		k      keys.Key
		secret accesskey.Secret
		e      audit.Event
	}
	var all []made
	for range many {
		k, secret, e := h.newKey(by, app, arx, api.CreateKeyRequest{})
		all = append(all, made{k, secret, e})
	}
	var group sync.WaitGroup
	for _, m := range all {
		group.Go(func() {
			if err := h.keys.Create(t.Context(), m.k, m.secret.Digest(), m.e, requeststore.Request{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	h.wantTotals(by, api.KeyTotals{Total: many, Active: many})
	if got := len(h.ids(by, api.ListKeysRequest{})); got != many {
		t.Errorf("%d rows, want %d", got, many)
	}
	for _, m := range all {
		group.Go(func() {
			if err := h.deleteKey(by, m.k.ID); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	h.wantTotals(by, api.KeyTotals{Deleted: many})
}

func TestConcurrentFirstArxesMakeOneDefault(t *testing.T) {
	h, by := open(t), owner("acme")
	var group sync.WaitGroup
	for i := range 8 {
		arx, e := h.newArx(by, fmt.Sprint("Arx ", i))
		group.Go(func() {
			if _, err := h.arxes.Create(t.Context(), arx, e, requeststore.Request{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := must(h.arxes.Default(t.Context(), "acme")); got.ArxID == "" || got.Live != 8 {
		t.Errorf("default %+v, want one of 8", got)
	}
}

func TestRowsStaySmall(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	expires := h.clock.now().Add(time.Hour)
	h.key(by, app, arx, api.CreateKeyRequest{
		Name: strings.Repeat("n", 60), Scopes: []string{"a:b"}, ExpiresAt: &expires, Metadata: json.RawMessage(`{"much":"` + strings.Repeat("x", 1000) + `"}`),
	})
	for _, item := range h.engine.Items(t) {
		if strings.HasSuffix(item.String(table.PK), "#keys") {
			if got := size(item); got > 300 {
				t.Errorf("a row has %d bytes, want at most 300", got)
			}
		}
	}
}

// size returns an item's size as DynamoDB counts it: names and values, numbers at about half their digits.
func size(item table.Item) int {
	n := 0
	for name, value := range item {
		n += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)/2 + 2
		default:
			panic(fmt.Sprintf("%s is %T", name, v))
		}
	}
	return n
}

func TestEveryChangeAppendsAnEventToTheChain(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{Name: "x", Scopes: []string{"a"}})
	h.tick() // the events' ids sort by time
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	m, secret, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: "ci", Role: api.Admin}, managementkeys.DefaultMaxLife, h.tick(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := must(audit.New(by, "managementkeys.create", m.Resource(), m.Created(), "", h.clock.now(), rand.Reader))
	if err := managementkeystore.New(h.db).Create(t.Context(), m, secret.Digest(), e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	tenantWide, last := 0, map[string]string{}
	for _, resource := range []string{app.ID, arx.ID, k.ID, m.ID} {
		items, err := h.db.Query(t.Context(), table.Partition(table.ResourceEvent("acme", resource, "")), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			var e audit.Event
			if err := json.Unmarshal([]byte(item.String("event")), &e); err != nil {
				t.Fatal(err)
			}
			if !e.Intact() || e.Previous != last[resource] || e.Resource.ID != resource {
				t.Errorf("%s of %s is not intact, or follows %.8q instead of %.8q", e.Action, resource, e.Previous, last[resource])
			}
			if ttl := time.Unix(int64(item.Int(table.TTL)), 0); ttl.Sub(e.At).Round(time.Hour) != audit.Retention {
				t.Errorf("%s is kept until %s", e.Action, ttl)
			}
			last[resource] = e.Hash
			tenantWide++
		}
	}
	items, err := h.db.Query(t.Context(), table.Partition(table.TenantEvent("acme", "")), 0)
	if err != nil || len(items) != tenantWide || tenantWide != 5 {
		t.Errorf("%d events of the tenant, %d of its resources, want 5 each: %v", len(items), tenantWide, err)
	}
}

func TestManagementKeyIsFoundByItsID(t *testing.T) {
	h, by := open(t), owner("acme")
	callers := callerstore.New(h.db)
	if _, err := callers.Find(t.Context(), "mgk_0123456789abcdef"); !problem.Is(err, problem.NotFound) {
		t.Errorf("none: %v, want not_found", err)
	}
	m, secret, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: "ci", Role: api.Admin}, managementkeys.DefaultMaxLife, h.tick(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := must(audit.New(by, "managementkeys.create", m.Resource(), m.Created(), "", h.clock.now(), rand.Reader))
	if err := managementkeystore.New(h.db).Create(t.Context(), m, secret.Digest(), e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	found, err := callers.Find(t.Context(), m.ID)
	sum := secret.Digest()
	want := auth.ManagementCredential{
		Digest: sum[:], ExpiresAt: m.ExpiresAt,
		Principal: auth.Principal{Kind: api.ManagementKey, ID: m.ID, Name: "ci", Tenant: "acme", Role: api.Admin},
	}
	if diff := cmp.Diff(want, found); diff != "" || err != nil {
		t.Errorf("found (-want +got), %v:\n%s", err, diff)
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	_, secret := h.key(by, app, arx, api.CreateKeyRequest{Name: "x"})
	m, management, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: "ci", Role: api.Admin}, managementkeys.DefaultMaxLife, h.tick(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := must(audit.New(by, "managementkeys.create", m.Resource(), m.Created(), "", h.clock.now(), rand.Reader))
	if err := managementkeystore.New(h.db).Create(t.Context(), m, management.Digest(), e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	for _, item := range h.engine.Items(t) {
		encoded := string(must(json.Marshal(item)))
		for _, s := range []accesskey.Secret{secret, management} {
			_, open, _ := strings.Cut(s.Reveal(), s.ID())
			if strings.Contains(encoded, open[:12]) {
				t.Errorf("the secret is stored in %s %s", item.String(table.PK), item.SortKey())
			}
		}
	}
}

// Gates are cached for their TTL, and no longer.
func TestGatesAreCachedForTheirTTL(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	cached, fresh := gatestore.New(h.db, time.Hour), gatestore.New(h.db, 0)
	find := func(g *gatestore.Gates) api.ArxStatus {
		t.Helper()
		_, gate, err := g.Find(context.Background(), app.ID, arx.ID)
		if err != nil {
			t.Fatal(err)
		}
		return gate.Status
	}
	find(cached)
	find(fresh)
	if err := h.deleteArx(by, arx.ID); err != nil {
		t.Fatal(err)
	}
	if got := find(fresh); got != api.ArxDeleted {
		t.Errorf("without a TTL: %s, want deleted", got)
	}
	if got := find(cached); got != api.ArxActive {
		t.Errorf("within its TTL: %s, want active", got)
	}
	if _, _, err := fresh.Find(t.Context(), app.ID, "arx_0123456789abcdef"); !problem.Is(err, problem.Unavailable) {
		t.Errorf("no gate: %v, want unavailable", err)
	}
}
