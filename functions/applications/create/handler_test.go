package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestTakenNameIsRefused(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{applications: applicationstore.New(db), now: time.Now, random: rand.Reader}
	storetest.Application(t, db, "acme", "Billing")
	request := api.CreateApplicationRequest{Name: " BILLING ", Technology: api.Server}
	if got, err := h.create(t.Context(), storetest.Owner("acme"), request); !problem.Is(err, problem.NameTaken) || !strings.Contains(problem.Of(err).Detail, "called Billing.") || got.ID != "" {
		t.Errorf("%+v, %v, want name_taken with the other's name", got, err)
	}
	if _, err := h.create(t.Context(), storetest.Owner("other"), request); err != nil {
		t.Errorf("in another tenant: %v", err)
	}
}

func TestCreatedApplicationIsActiveAndOwnedByItsCreator(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{applications: applicationstore.New(db), now: time.Now, random: rand.Reader}
	by := storetest.Owner("acme")
	got, err := h.create(t.Context(), by, api.CreateApplicationRequest{
		Name: " Shop ", Technology: api.Client, AllowedOrigins: []string{"https://shop.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := api.Application{
		ID: got.ID, Name: "Shop", Technology: api.Client, Owner: by.Name, AllowedOrigins: []string{"https://shop.example"},
		Status: api.ApplicationActive, CreatedAt: got.CreatedAt, CreatedBy: by.By(), UpdatedAt: got.CreatedAt, UpdatedBy: by.By(),
		Version: "1", Permits: applications.Lifecycle.Permits(by, api.ApplicationActive),
	}
	if diff := cmp.Diff(want, got); diff != "" || !api.ValidID(api.ApplicationPrefix, got.ID) {
		t.Errorf("%s (-want +got):\n%s", got.ID, diff)
	}
}
