package storetest_test

import (
	"flag"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
)

// use presents the access key, charges its limits, and returns the verdict.
func (h *stores) use(by auth.Principal, secret accesskey.Secret, limits *limitstore.Limits, cost int) api.Verification {
	h.t.Helper()
	c := must(credentialstore.Find(h.t.Context(), h.db, api.KeyPrefix+secret.ID()))
	app, arx, err := gatestore.New(h.db, 0).Find(h.t.Context(), c.ApplicationID, c.ArxID)
	if err != nil {
		h.t.Fatal(err)
	}
	d := keys.Decide(c, app, arx, keys.Question{Tenant: by.Tenant, Digest: secret.Digest(), Cost: cost, At: h.clock.now()})
	if d.Charge == nil {
		return d.Verdict
	}
	return d.After(must(limits.Charge(h.t.Context(), *d.Charge)))
}

// Whatever changes the limits of a key, in any order and between any uses: the response to the change, the
// key as read, and the uses that still pass all agree.
func TestLimitsMatchTheirModel(t *testing.T) {
	const perWindow = 4
	window := api.RateLimit{Limit: perWindow, WindowSeconds: 3600}
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("15")
		defer checks.Value.Set(checks.DefValue)
	}
	rapid.Check(t, func(r *rapid.T) {
		limits := limitstore.New(h.db)
		var left *int         // uses; nil: any number
		var rate bool         // the rate limit is set
		var passed int        // charges in the window that begins at began
		var began time.Time   // of the window that was charged last
		var expires time.Time // zero: never
		uses := func(r *rapid.T) *int { return new(rapid.IntRange(0, 6).Draw(r, "uses")) }
		req := api.CreateKeyRequest{}
		if rapid.Bool().Draw(r, "limited") {
			left = uses(r)
			req.RemainingUses = new(*left)
		}
		k, secret := h.key(by, app, arx, req)
		expect := func(r *rapid.T, what string, k keys.Key) {
			if diff := cmp.Diff(left, k.Response(by, keys.Details{}, h.clock.now()).RemainingUses); diff != "" {
				r.Fatalf("%s: remaining uses (-want +got):\n%s", what, diff)
			}
			if got := k.Rate != nil; got != rate {
				r.Fatalf("%s: has a rate limit: %v, want %v", what, got, rate)
			}
			if want := k.ExpiresAt; (want == nil) != expires.IsZero() || want != nil && !want.Equal(expires) {
				r.Fatalf("%s: expires at %v, want %v", what, want, expires)
			}
		}
		change := func(r *rapid.T, what string, do doing) {
			h.tick()
			is, err := h.keys.Change(t.Context(), by.Tenant, k.ID, h.transition(by, "keys.update", do, ""))
			if err != nil {
				r.Fatal(err)
			}
			expect(r, what+", answered", is)
		}
		patch := func(r *rapid.T, what string, req api.UpdateKeyRequest) { change(r, what, updating(req)) }
		present := func(r *rapid.T, cost int) api.Code {
			start, _ := window.Window(h.clock.now())
			if !began.Equal(start) {
				passed = 0
			}
			want := api.CodeValid
			switch {
			case !expires.IsZero() && !h.clock.now().Before(expires):
				want = api.CodeExpired
			case rate && passed >= perWindow:
				want = api.CodeRateLimited
			case left != nil && *left < cost:
				want = api.CodeUsageExhausted
			}
			got := h.use(by, secret, limits, cost)
			if got.Code != want {
				r.Fatalf("%s, want %s", got.Code, want)
			}
			if want != api.CodeValid {
				return want
			}
			if left != nil {
				*left -= cost
			}
			if rate {
				began, passed = start, passed+1
				if got.RateLimit.Remaining != perWindow-passed {
					r.Fatalf("%d remain in the window, want %d", got.RateLimit.Remaining, perWindow-passed)
				}
			}
			if diff := cmp.Diff(left, got.RemainingUses); diff != "" {
				r.Fatalf("remaining uses after a use (-want +got):\n%s", diff)
			}
			return want
		}
		r.Repeat(map[string]func(*rapid.T){
			"use": func(r *rapid.T) { present(r, rapid.IntRange(1, 3).Draw(r, "cost")) },
			"limit uses": func(r *rapid.T) {
				left = uses(r)
				patch(r, "limit uses", api.UpdateKeyRequest{RemainingUses: api.Set(*left)})
			},
			"any number of uses": func(r *rapid.T) {
				left = nil
				patch(r, "any number of uses", api.UpdateKeyRequest{RemainingUses: api.Remove[int]()})
			},
			"limit the rate": func(r *rapid.T) {
				rate = true
				patch(r, "limit the rate", api.UpdateKeyRequest{RateLimit: api.Set(window)})
			},
			"any rate": func(r *rapid.T) {
				rate = false
				patch(r, "any rate", api.UpdateKeyRequest{RateLimit: api.Remove[api.RateLimit]()})
			},
			"rename": func(r *rapid.T) { patch(r, "rename", api.UpdateKeyRequest{Name: api.Set("x")}) },
			"expire": func(r *rapid.T) {
				expires = h.clock.now().Add(time.Hour)
				patch(r, "expire", api.UpdateKeyRequest{ExpiresAt: api.Set(expires)})
			},
			"never expire": func(r *rapid.T) {
				expires = time.Time{}
				patch(r, "never expire", api.UpdateKeyRequest{ExpiresAt: api.Remove[time.Time]()})
			},
			"time passes": func(r *rapid.T) { h.clock.add(25 * time.Minute) },
			"": func(r *rapid.T) {
				expect(r, "read", must(h.keys.Get(t.Context(), by.Tenant, k.ID)))
			},
		})
		// Exactly the remaining uses pass.
		rate, expires = false, time.Time{}
		patch(r, "at the end", api.UpdateKeyRequest{RateLimit: api.Remove[api.RateLimit](), ExpiresAt: api.Remove[time.Time]()})
		if left == nil {
			return
		}
		said, valid := *left, 0
		for present(r, 1) == api.CodeValid {
			valid++
		}
		if valid != said {
			r.Fatalf("%d uses pass, want %d", valid, said)
		}
	})
}

func TestResetUsesAreAllAvailable(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, secret := h.key(by, app, arx, api.CreateKeyRequest{RemainingUses: new(3)})
	limits := limitstore.New(h.db)
	for range 3 {
		h.use(by, secret, limits, 1)
	}
	for _, req := range []api.UpdateKeyRequest{{RemainingUses: api.Remove[int]()}, {RemainingUses: api.Set(5)}} {
		if err := h.change(by, k.ID, "keys.update", updating(req)); err != nil {
			t.Fatal(err)
		}
	}
	if left := must(h.keys.Get(t.Context(), by.Tenant, k.ID)).Response(by, keys.Details{}, h.clock.now()).RemainingUses; left == nil || *left != 5 {
		t.Error("remaining uses: ", cmp.Diff(new(5), left))
	}
	for n := range 6 {
		want := api.CodeValid
		if n == 5 {
			want = api.CodeUsageExhausted
		}
		if got := h.use(by, secret, limits, 1).Code; got != want {
			t.Errorf("use %d: %s, want %s", n+1, got, want)
		}
	}
}
