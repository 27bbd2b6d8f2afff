package change

import (
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestTransitionsChangeTheApplicationAndRecordIt(t *testing.T) {
	db := storetest.Open(t).Table()
	app, _, _ := storetest.Key(t, db, "acme")
	by := storetest.Owner("acme")
	for _, step := range []struct {
		op      api.Operation[api.Target, api.Application]
		do      lifecycle.Action
		to      api.ApplicationStatus
		refused string // what can't be done then
		keys    api.KeyTotals
	}{
		{api.DisableApplication, applications.Disable, api.ApplicationDisabled, "unarchive", api.KeyTotals{Total: 1, Active: 1}},
		{api.ArchiveApplication, applications.Archive, api.ApplicationArchived, "enable", api.KeyTotals{Total: 1, Active: 1}},
		{api.UnarchiveApplication, applications.Unarchive, api.ApplicationDisabled, "disable", api.KeyTotals{Total: 1, Active: 1}},
		{api.EnableApplication, applications.Enable, api.ApplicationActive, "archive", api.KeyTotals{Total: 1, Active: 1}},
	} {
		serve := catalog.Handler(kind(db), step.op, Do(step.do))
		refused := func(tenant, id string, code problem.Code) {
			t.Helper()
			if got, err := serve(t.Context(), storetest.Owner(tenant), api.Target{ID: id}); !problem.Is(err, code) || got.ID != "" {
				t.Errorf("%s %s of %s: %+v, %v, want %s", step.do, id, tenant, got, err, code)
			}
		}
		refused("other", app.ID, problem.NotFound)
		refused("acme", "app_0123456789abcdef", problem.NotFound)
		stale := api.Target{ID: app.ID, Conditional: api.IfVersion("7")}
		if got, err := serve(t.Context(), by, stale); !problem.Is(err, problem.Changed) || got.ID != "" {
			t.Errorf("%s with an outdated ETag: %+v, %v, want changed_meanwhile", step.do, got, err)
		}
		got, err := serve(t.Context(), by, api.Target{ID: app.ID})
		if err != nil || got.ID != app.ID || got.Status != step.to || got.Keys != step.keys || got.UpdatedBy != by.By() {
			t.Errorf("%s: %+v, %v", step.do, got, err)
		}
		if got.May(string(step.do)) || got.May(step.refused) || got.Why[step.refused] == "" || !got.May("update") {
			t.Errorf("%s: permits %+v", step.do, got.Permits)
		}
		refused("acme", app.ID, problem.WrongState)
		events, err := auditstore.New(db).List(t.Context(), "acme", api.ListEventsRequest{Limit: 1})
		if err != nil || len(events.Rows) != 1 || events.Rows[0].Action != step.op.Name || events.Rows[0].Changes["status"][1] != string(step.to) {
			t.Errorf("%s: recorded %+v, %v", step.do, events, err)
		}
	}
}

func TestUpdateChangesOnlyTheNamedFields(t *testing.T) {
	db := storetest.Open(t).Table()
	app, _, _ := storetest.Key(t, db, "acme")
	storetest.Application(t, db, "acme", "Shop")
	serve := catalog.Handler(kind(db), api.UpdateApplication, applications.Application.Update)
	request := func(id, etag, name string) api.UpdateApplicationRequest {
		return api.UpdateApplicationRequest{ID: id, Conditional: api.Conditional{IfMatch: etag}, Name: api.Set(name)}
	}
	refused := func(tenant string, req api.UpdateApplicationRequest, code problem.Code) {
		t.Helper()
		if got, err := serve(t.Context(), storetest.Owner(tenant), req); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%+v of %s: %+v, %v, want %s", req, tenant, got, err, code)
		}
	}
	refused("other", request(app.ID, "", "Invoices"), problem.NotFound)
	refused("acme", request("app_0123456789abcdef", "", "Invoices"), problem.NotFound)
	refused("acme", request(app.ID, `"7"`, "Invoices"), problem.Changed)
	refused("acme", request(app.ID, "", "SHOP"), problem.NameTaken)
	if _, err := serve(t.Context(), storetest.Owner("acme"), request(app.ID, "", "SHOP")); !strings.Contains(problem.Of(err).Detail, "called Shop.") {
		t.Errorf("%v does not tell the other's name", err)
	}
	origins := request(app.ID, "", "Invoices")
	origins.AllowedOrigins = api.Set([]string{"https://shop.example"})
	refused("acme", origins, problem.InvalidField) // of a server
	got, err := serve(t.Context(), storetest.Owner("acme"), request(app.ID, `"1"`, " Invoices "))
	if err != nil || got.Name != "Invoices" || got.Owner != app.Owner || got.ETag() != "2" || got.Keys.Total != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	refused("acme", request(app.ID, `"1"`, "Invoices"), problem.Changed)
}
