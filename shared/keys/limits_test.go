package keys_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

func TestAddressesAreAllowedByTheirBlocks(t *testing.T) {
	check := func(block, ip string, allowed bool) {
		t.Helper()
		s := good()
		s.credential.AllowedIPs, s.q.IP = []string{"192.0.2.1/32", block}, ip
		if got := s.decide().Valid; got != allowed {
			t.Errorf("%s from %s: %v, want %v", ip, block, got, allowed)
		}
	}
	allow := func(block, ip string) { t.Helper(); check(block, ip, true) }
	deny := func(block, ip string) { t.Helper(); check(block, ip, false) }
	deny("203.0.113.0/24", "203.0.114.1")
	deny("203.0.113.0/24", "2001:db8::1")
	deny("2001:db8::/32", "2001:db9::1")
	deny("::/0", "203.0.113.7")        // every IPv6 address is no IPv4 address
	deny("::/0", "::ffff:203.0.113.7") // which this one is
	deny("0.0.0.0/0", "::1")
	deny("203.0.113.0/24", "203.0.113.7, 198.51.100.1")
	deny("203.0.113.0/24", "203.0.113.007")
	allow("203.0.113.0/24", "203.0.113.7")
	allow("203.0.113.7/32", "203.0.113.7")
	allow("203.0.113.0/24", "::ffff:203.0.113.7")
	allow("2001:db8::/32", "2001:db8::1")
	allow("fe80::/10", "fe80::1%eth0")
	allow("0.0.0.0/0", "203.0.113.7")
}

func TestKeyWithALimitIsNotValidBeforeTheCharge(t *testing.T) {
	uses := 5
	for name, limits := range map[string]keys.Limits{
		"rate": {Rate: &api.RateLimit{Limit: 10, WindowSeconds: 60}},
		"uses": {Uses: &uses},
		"both": {Rate: &api.RateLimit{Limit: 10, WindowSeconds: 60}, Uses: &uses},
	} {
		s := good()
		s.credential.Limits, s.q.Cost = limits, 2
		d := keys.Decide(s.credential, s.app, s.arx, s.q)
		if d.Verdict.Valid || d.Verdict.Code != "" {
			t.Errorf("%s: %v %q, want no verdict", name, d.Verdict.Valid, d.Verdict.Code)
		}
		want := &keys.Charge{KeyID: "key_1", Rate: limits.Rate, Uses: limits.Uses, Cost: 2, At: noon}
		if diff := cmp.Diff(want, d.Charge); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		for _, code := range []api.Code{api.CodeRateLimited, api.CodeUsageExhausted, api.CodeValid} {
			if v := d.After(keys.Spent{Code: code}); v.Code != code || v.Valid != (code == api.CodeValid) {
				t.Errorf("%s after %s: %v %s", name, code, v.Valid, v.Code)
			}
		}
		if v := d.After(keys.Spent{}); v.Valid {
			t.Errorf("%s: valid after a charge without a code", name)
		}
	}
}

func TestRefusalChargesNothing(t *testing.T) {
	for _, c := range causes {
		s := good()
		s.credential.Rate = &api.RateLimit{Limit: 10, WindowSeconds: 60}
		c.apply(s)
		limit := c.code == api.CodeRateLimited || c.code == api.CodeUsageExhausted // determined by the charge
		if d := keys.Decide(s.credential, s.app, s.arx, s.q); (d.Charge != nil) != limit {
			t.Errorf("%s: charges %+v", c.name, d.Charge)
		}
	}
}

func TestVerdictReportsWhatRemains(t *testing.T) {
	s := good()
	uses := 50
	s.credential.Rate, s.credential.Uses = &api.RateLimit{Limit: 10, WindowSeconds: 60}, &uses
	s.q.At = noon.Add(20*time.Second + time.Millisecond)
	v := keys.Decide(s.credential, s.app, s.arx, s.q).After(keys.Spent{Code: api.CodeValid, InWindow: 3, Used: 9})
	want := &api.RateLimitState{Limit: 10, Remaining: 7, ResetAt: noon.Add(time.Minute), WindowSeconds: 60, ResetSeconds: 40}
	if diff := cmp.Diff(want, v.RateLimit); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if v.RemainingUses == nil || *v.RemainingUses != 41 {
		t.Errorf("%v remaining uses, want 41", v.RemainingUses)
	}
	policy, limit := v.RateLimitFields()
	if policy != `"key";q=10;w=60` || limit != `"key";r=7;t=40` {
		t.Errorf("%s and %s", policy, limit)
	}
}

func TestAnyTenantMatchesKeysOfEveryTenant(t *testing.T) {
	s := good()
	s.q.Tenant = keys.AnyTenant
	if got := s.decide(); !got.Valid {
		t.Errorf("%s", got.Code)
	}
	s.credential.Tenant, s.q.Tenant = keys.AnyTenant, "acme" // not a valid tenant name, so no key belongs to it
	if got := s.decide(); got.Code != api.CodeNotFound {
		t.Errorf("%s", got.Code)
	}
}
