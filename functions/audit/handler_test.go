package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestHistoryOfOneResourceNeedsLessPermission(t *testing.T) {
	db := storetest.Open(t).Table()
	app, _, secret := storetest.Key(t, db, "acme")
	m := storetest.ManagementKey(t, db, "acme", "ci", api.Admin, time.Time{})
	h := handler{events: auditstore.New(db)}
	asks := func(role api.Role, resource string) ([]api.AuditEvent, error) {
		page, err := h.list(t.Context(), auth.Principal{Kind: api.Person, ID: "p-2", Tenant: "acme", Role: role}, api.ListEventsRequest{ResourceID: resource})
		return page.Items, err
	}
	allow := func(role api.Role, resource string, want int) {
		t.Helper()
		if got, err := asks(role, resource); err != nil || len(got) != want {
			t.Errorf("%s reads %d events of %q, %v, want %d", role, len(got), resource, err, want)
		}
	}
	deny := func(role api.Role, resource string) {
		t.Helper()
		if got, err := asks(role, resource); !problem.Is(err, problem.Forbidden) || len(got) > 0 {
			t.Errorf("%s reads %d events of %q, %v, want forbidden", role, len(got), resource, err)
		}
	}
	deny(api.Developer, "")
	deny(api.Developer, m.ID)
	allow(api.Developer, app.ID, 1)
	allow(api.Developer, api.KeyPrefix+secret.ID(), 1)
	allow(api.Admin, "", 4)
	allow(api.Admin, m.ID, 1)
	allow(api.Owner, "", 4)

	strangers, err := h.list(t.Context(), storetest.Owner("other"), api.ListEventsRequest{ResourceID: app.ID})
	if err != nil || len(strangers.Items) > 0 {
		t.Errorf("another tenant reads %+v, %v", strangers, err)
	}
}

func TestEventsAreFilteredAndPaged(t *testing.T) {
	db := storetest.Open(t).Table()
	start := time.Now()
	storetest.Key(t, db, "acme")
	h := handler{events: auditstore.New(db)}
	by := storetest.Owner("acme")
	list := func(req api.ListEventsRequest) (kinds []string, next *string) {
		t.Helper()
		page, err := h.list(t.Context(), by, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			kinds = append(kinds, e.Resource.Kind)
		}
		return kinds, page.NextCursor
	}
	want := func(req api.ListEventsRequest, kinds ...string) {
		t.Helper()
		got, _ := list(req)
		if diff := cmp.Diff(kinds, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", req, diff)
		}
	}
	want(api.ListEventsRequest{}, "key", "arx", "application")
	want(api.ListEventsRequest{PrincipalID: by.ID, Action: "fixture"}, "key", "arx", "application")
	want(api.ListEventsRequest{PrincipalID: "p-2"})
	want(api.ListEventsRequest{Action: "keys.delete"})
	want(api.ListEventsRequest{From: start.Add(time.Hour)})
	want(api.ListEventsRequest{From: start.Add(-time.Hour), To: start.Add(time.Hour)}, "key", "arx", "application")
	want(api.ListEventsRequest{To: start.Add(-time.Hour)})
	want(api.ListEventsRequest{To: time.Unix(-1, 0)})

	var read []string
	for req := (api.ListEventsRequest{Limit: 1}); ; {
		kinds, next := list(req)
		read = append(read, kinds...)
		if next == nil {
			break
		}
		req.Cursor = *next
		other := req
		other.Action = "fixture"
		if _, err := h.list(t.Context(), by, other); !problem.Is(err, problem.InvalidField) {
			t.Errorf("a cursor of another filter: %v, want invalid_field", err)
		}
	}
	if diff := cmp.Diff([]string{"key", "arx", "application"}, read); diff != "" {
		t.Errorf("page by page (-want +got):\n%s", diff)
	}
}
