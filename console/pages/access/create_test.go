package access

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

func TestManagementKeyExpiresOnADayToCome(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := &Create{name: "ci", role: api.Developer, expiry: "90"}
	if r := c.request(now); c.invalid(now) != nil || !r.ExpiresAt.Equal(now.AddDate(0, 0, 90)) {
		t.Errorf("expires %v, %v", r.ExpiresAt, c.invalid(now))
	}
	c.expiry = "date"
	for date, wrong := range map[string]bool{"": true, "2026-11-22": true, "2026-11-23": false, "2027-02-01": false} {
		c.date = date
		if err := c.invalid(now); problem.Is(err, problem.InvalidField) != wrong {
			t.Errorf("%q: %v", date, err)
		}
	}
	c.date = "2027-02-01"
	if r := c.request(now); r.ExpiresAt == nil {
		t.Error("no expiry")
	}
}

func TestRolesAreTheServersOwn(t *testing.T) {
	if len(table) != 4 {
		t.Fatalf("%d roles", len(table))
	}
	for i, role := range []api.Role{api.Owner, api.Admin, api.Developer, api.Verifier} {
		if table[i].role != role {
			t.Errorf("row %d is %s, want %s", i, table[i].role, role)
		}
		for permission, shown := range map[api.Permission]string{api.VerifyKeys: table[i].verify, api.CheckKeys: table[i].check, api.ManageKeys: table[i].keys, api.ReadActivity: table[i].activity} {
			if may := (auth.Principal{Role: role}).May(permission); may != (shown != "No") {
				t.Errorf("%s: %s is %t, and shown as %s", role, permission, may, shown)
			}
		}
	}
}
