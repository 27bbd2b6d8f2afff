package auth_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
)

func TestRolesHaveThePermissionsOfTheTable(t *testing.T) {
	check := func(role api.Role, permission api.Permission, want bool) {
		t.Helper()
		if got := (auth.Principal{Role: role}).May(permission); got != want {
			t.Errorf("%q may %s: %v, want %v", role, permission, got, want)
		}
	}
	deny := func(role api.Role, permission api.Permission) { t.Helper(); check(role, permission, false) }
	allow := func(role api.Role, permission api.Permission) { t.Helper(); check(role, permission, true) }

	deny("", api.ReadSelf)
	deny("root", api.ReadSelf)
	deny(api.Verifier, api.ReadCatalog)
	deny(api.Verifier, api.ManageKeys)
	deny(api.Developer, api.WriteCatalog)
	deny(api.Developer, api.ReadActivity)
	deny(api.Developer, api.ManageManagementKeys)
	deny(api.Admin, api.ManageManagementKeys)
	deny(api.Owner, api.CheckKeys)
	deny(api.Admin, api.CheckKeys)
	deny(api.Developer, api.CheckKeys)
	deny(api.Owner, "no.such.permission")

	allow("", api.Public)
	allow(api.Verifier, api.VerifyKeys)
	allow(api.Verifier, api.CheckKeys)
	allow(api.Verifier, api.ReadSelf)
	allow(api.Developer, api.ReadCatalog)
	allow(api.Developer, api.ManageKeys)
	allow(api.Admin, api.WriteCatalog)
	allow(api.Admin, api.ReadActivity)
	allow(api.Owner, api.ManageManagementKeys)
}

func TestOwnerHasThePermissionOfEveryOperation(t *testing.T) {
	for _, op := range api.Operations() {
		if op.Permission != api.HoldKey && !(auth.Principal{Role: api.Owner}).May(op.Permission) {
			t.Errorf("%s requires %s, which no role has", op.Name, op.Permission)
		}
	}
}

func TestNoRoleHoldsAKey(t *testing.T) {
	for _, role := range []api.Role{"", api.Owner, api.Admin, api.Developer, api.Verifier} {
		if (auth.Principal{Kind: api.Person, ID: "p-1", Tenant: "acme", Role: role}).May(api.HoldKey) {
			t.Errorf("%q has the permission", role)
		}
	}
}

func TestHighestRoleWins(t *testing.T) {
	if role, ok := auth.HighestRole([]string{"developer", "staff", "admin"}); !ok || role != api.Admin {
		t.Errorf("role %q, want admin", role)
	}
	if role, ok := auth.HighestRole([]string{"Owner", "owners", "staff"}); ok {
		t.Errorf("unknown groups result in %q", role)
	}
}

func TestRefusalNamesTheRoles(t *testing.T) {
	if got, want := auth.Refusal(api.WriteCatalog), "Only owners and admins may do this."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := auth.Refusal(api.CheckKeys), "Only a verifier may do this."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := auth.Refusal(api.ManageManagementKeys), "Only an owner may do this."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestManagementKeyIsDueInItsLastTwoWeeks(t *testing.T) {
	const day = 24 * time.Hour
	created := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	id, err := ids.New(api.ManagementKeyPrefix, created, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		p        auth.Principal
		now, end time.Duration // since created
		want     bool
	}{
		{"76 days of 90", auth.Principal{Kind: api.ManagementKey, ID: id}, 76 * day, 90 * day, true},
		{"a millisecond before", auth.Principal{Kind: api.ManagementKey, ID: id}, 76*day - time.Millisecond, 90 * day, false},
		{"created for 30 days", auth.Principal{Kind: api.ManagementKey, ID: id}, 20 * day, 30 * day, true},
		{"created for less", auth.Principal{Kind: api.ManagementKey, ID: id}, 20 * day, 30*day - time.Millisecond, false},
		{"a person", auth.Principal{Kind: api.Person, ID: id}, 76 * day, 90 * day, false},
		{"without an id", auth.Principal{Kind: api.ManagementKey}, 76 * day, 90 * day, false},
		{"nobody", auth.Principal{}, 76 * day, 90 * day, false},
	} {
		c.p.ExpiresAt = created.Add(c.end)
		if got := c.p.IsDue(created.Add(c.now)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
