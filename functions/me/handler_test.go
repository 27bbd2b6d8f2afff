package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

func TestCallersGetTheirIdentityAndPermissions(t *testing.T) {
	for _, by := range []auth.Principal{
		{Kind: api.Person, ID: "p-1", Name: "owner@example.com", Tenant: "acme", Role: api.Owner},
		{Kind: api.Person, ID: "p-2", Name: "dev@example.com", Tenant: "acme", Role: api.Developer},
		{Kind: api.ManagementKey, ID: "mgk_1", Name: "gateway", Tenant: "other", Role: api.Verifier},
	} {
		got, err := get(t.Context(), by, api.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		want := api.Me{Principal: api.By{Kind: by.Kind, ID: by.ID, Name: by.Name}, Tenant: by.Tenant, Role: by.Role, Can: got.Can}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", by.Role, diff)
		}
		for _, op := range api.Served() {
			if op.Permission == api.Public || op.Permission == api.HoldKey {
				continue
			}
			if got.Can[string(op.Permission)] != by.May(op.Permission) {
				t.Errorf("%s may %s: %v, but can is %v", by.Role, op.Permission, by.May(op.Permission), got.Can)
			}
		}
	}
}
