package keys

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/console/session/sessiontest"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var whole = draft{
	Step:        stepSummary,
	Application: &api.Application{ID: "app_0000000000000001", Name: "Billing"},
	Arx:         &api.Arx{ID: "arx_0000000000000001", Name: "Production EU", Purpose: api.Production},
	Attempt:     "attempt-1", Asked: time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC),
	settings: settings{
		Name: "nightly export", Expiry: onDate, Date: "2027-01-31",
		Scopes: []string{"invoices:read"}, Scope: "invoices:wri", Rate: "1,200", Window: "60", Uses: "5000",
		IPs: []string{"10.20.0.0/16"}, IP: "2001:db8::/32", Metadata: `{"team": "payments"}`,
	},
}

func TestDraftOutlivesAReload(t *testing.T) {
	var kept draft
	var tab sessiontest.Drafts
	tab.KeepDraft(draftName, whole)
	if !tab.Draft(draftName, &kept) {
		t.Fatal("no draft")
	}
	if diff := cmp.Diff(whole, kept, cmp.AllowUnexported(draft{})); diff != "" {
		t.Error(diff)
	}
}

func TestDraftOfAnotherHandIsEmpty(t *testing.T) {
	for _, text := range []string{"null", `[1]`, `{"step": "three"}`, `{"name": "x", "step": "three"}`} {
		b := &backend{answers: map[string]any{"GET /v1/applications": api.ApplicationList{}, "GET /v1/arxes": api.ArxList{}}}
		b.KeepDraft(draftName, json.RawMessage(text))
		page := NewWizard(b)
		mount(t, page)
		if diff := cmp.Diff(draft{}, page.draft, cmp.AllowUnexported(draft{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestWizardGoesNoFurtherThanItsDraft(t *testing.T) {
	now := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	d := whole
	want := func(asked, want step, of string) {
		t.Helper()
		if got := d.allows(asked, now); got != want {
			t.Errorf("%s: asked for step %d, it shows %d, want %d", of, asked, got, want)
		}
	}
	want(stepAccessKey, stepSummary, "a draft that claims an access key")
	want(stepArx, stepArx, "a step that is done")
	want(-4, stepApplication, "a step before the first")
	d.Scope = "Invoices"
	want(stepSummary, stepOptions, "a draft with a wrong scope")
	d.Arx = nil
	want(stepSummary, stepArx, "a draft without an Arx")
	d.Application = nil
	want(stepSummary, stepApplication, "a draft without an application")
}

func TestRequestHoldsAllThatWasEntered(t *testing.T) {
	zone := time.FixedZone("UTC+1", 3600)
	got := whole.request(time.Date(2026, 2, 1, 9, 0, 0, 0, zone))
	end := time.Date(2027, 1, 31, 22, 59, 59, 0, time.UTC) // the last second of the day in the person's time zone
	uses := 5000
	want := api.CreateKeyRequest{
		Idempotent:    api.Idempotent{IdempotencyKey: "attempt-1"},
		ApplicationID: "app_0000000000000001", ArxID: "arx_0000000000000001", Name: "nightly export",
		RateLimit: &api.RateLimit{Limit: 1200, WindowSeconds: 60}, RemainingUses: &uses,
		AllowedIPs: []string{"10.20.0.0/16", "2001:db8::/32"},
		Scopes:     []string{"invoices:read", "invoices:wri"}, ExpiresAt: &end, Metadata: []byte(`{"team": "payments"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"invoices:read"}, whole.Scopes); diff != "" {
		t.Errorf("asking for the request changed the draft: %s", diff)
	}
}

func TestNothingEnteredAsksForNothing(t *testing.T) {
	bare := draft{Application: whole.Application, Arx: whole.Arx}
	now := time.Now()
	if err := bare.invalid(now); err != nil {
		t.Errorf("options that are left as they are: %v", err)
	}
	want := api.CreateKeyRequest{ApplicationID: whole.Application.ID, ArxID: whole.Arx.ID}
	if diff := cmp.Diff(want, bare.request(now)); diff != "" {
		t.Error(diff)
	}
}

func TestRequestThatIsSentAgainIsTheSame(t *testing.T) {
	d := whole
	d.Expiry = "30"
	first, again := d.request(d.Asked), d.request(d.Asked.Add(time.Hour))
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	d.Attempt = ""
	if d.request(d.Asked.Add(time.Hour)).ExpiresAt.Equal(*first.ExpiresAt) {
		t.Error("another request expires as the one before it")
	}
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	now := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		field  string
		change func(*draft)
	}{
		{"name", func(d *draft) { d.Name = strings.Repeat("x", 151) }},
		{"scopes[1]", func(d *draft) { d.Scope = "Invoices" }},
		{"metadata", func(d *draft) { d.Metadata = "[1]" }},
		{"rate_limit.limit", func(d *draft) { d.Rate = "many" }},
		{"rate_limit.limit", func(d *draft) { d.Rate, d.Window = "501", "1" }},
		{"remaining_uses", func(d *draft) { d.Uses = "0" }},
		{"remaining_uses", func(d *draft) { d.Uses = "some" }},
		{"allowed_ips[1]", func(d *draft) { d.IP = "10.0.0.300" }},
		{"expires_at", func(d *draft) { d.Date = "" }},
		{"expires_at", func(d *draft) { d.Date = "2026-01-31" }},
		{"arx_id", func(d *draft) { d.Arx = nil }},
	} {
		d := whole
		row.change(&d)
		p := problem.Of(d.invalid(now))
		if p == nil || p.Fields[0].Field != row.field {
			t.Errorf("want %s to be wrong, got %v", row.field, p)
		}
	}
	today := whole
	today.Date = "2026-02-01"
	if err := today.invalid(now); err != nil {
		t.Errorf("a key that is good until tonight: %v", err)
	}
}

func TestRefusedScopeIsNotCounted(t *testing.T) {
	s := settings{Scopes: []string{"quotes:read", "Quotes:Write"}, Scope: "quotes/"}
	if n := s.goodScopes(); n != 1 {
		t.Errorf("%d scopes, want 1", n)
	}
}

func TestRefusedScopeSaysWhatToWrite(t *testing.T) {
	if got := refuseScope("quotes:write"); got != "" {
		t.Errorf("a scope is refused: %s", got)
	}
	if got := refuseScope("Quotes:Write"); !strings.Contains(got, "`quotes:write`") {
		t.Errorf("the mending is not told: %s", got)
	}
	if refuseScope("quotes/write") == "" || refuseScope(strings.Repeat("x", 65)) == "" {
		t.Error("what is no scope is accepted")
	}
}

func TestBlockIsWrittenAsTheAPITakesIt(t *testing.T) {
	for typed, want := range map[string]string{
		"10.20.0.0/16": "10.20.0.0/16", "10.20.1.9/16": "10.20.0.0/16", "203.0.113.7": "203.0.113.7/32", "2001:DB8::1": "2001:db8::1/128",
		"::ffff:203.0.113.7": "203.0.113.7/32", "2001:db8:0::/32": "2001:db8::/32",
	} {
		if got := block(typed); got != want || refuseBlock(got) != "" {
			t.Errorf("%s becomes %s: %s", typed, got, refuseBlock(got))
		}
	}
	for _, none := range []string{"office", "10.0.0.300", "10.0.0.0/33", "fe80::1%eth0"} {
		if refuseBlock(block(none)) == "" {
			t.Errorf("%s is taken for a block", none)
		}
	}
}

func TestSettingsOfAKeyChangeNothing(t *testing.T) {
	uses, at := 40, time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	k := api.Key{Scopes: []string{"a"}, RateLimit: &api.RateLimit{Limit: 5, WindowSeconds: 3600}, RemainingUses: &uses, AllowedIPs: []string{"10.0.0.0/8"}, Metadata: []byte("{}")}
	k.Name, k.ExpiresAt = "nightly", &at
	if r := settingsOf(k).change(k, time.Now()); !isEmpty(r) {
		t.Errorf("untouched, they change %+v", r)
	}
	s := settingsOf(k)
	s.Expiry, s.Rate, s.Uses, s.IPs, s.Scopes, s.Metadata = never, "", "", nil, nil, `{"a":1}`
	r := s.change(k, time.Now())
	if !r.ExpiresAt.Removes() || !r.RateLimit.Removes() || !r.RemainingUses.Removes() || r.Scopes.IsZero() || r.AllowedIPs.IsZero() || r.Metadata.IsZero() || !r.Name.IsZero() {
		t.Errorf("taken away, they change %+v", r)
	}
	if scopes, ok := r.Scopes.Get(); !ok || scopes == nil {
		t.Error("no scopes are null, and not an empty list")
	}
}

func TestScopesThatGrantMoreThanTheySeemToAreNamed(t *testing.T) {
	for _, fine := range []string{"invoices:read", "quotes:*", "a.b.*", "a*b"} {
		if got := wideScopes([]string{fine}); got != "" {
			t.Errorf("%s: warned %q", fine, got)
		}
	}
	for scope, want := range map[string]string{"read*": "also `readwrite`", "quotes:re*": "begins with `quotes:re`", "*": "`*` grants every scope."} {
		if got := wideScopes([]string{"invoices:read", scope}); !strings.Contains(got, want) {
			t.Errorf("%s: warned %q, want %q", scope, got, want)
		}
	}
}
