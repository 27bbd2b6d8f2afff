package keys_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// scene is the input of a decision. It starts with a valid key.
type scene struct {
	credential keys.Credential
	app        keys.ApplicationGate
	arx        keys.ArxGate
	q          keys.Question
	spent      keys.Spent // what comes of the charge, where there is one
}

func good() *scene {
	sum := accesskey.Digest{1, 2, 3}
	return &scene{
		credential: keys.Credential{
			ID: "key_1", Tenant: "acme", ApplicationID: "app_1", ArxID: "arx_1", Digest: sum[:],
			State: api.KeyActive, Scopes: []string{"invoices:read", "quotes:*"},
			Limits: keys.Limits{AllowedIPs: []string{"203.0.113.0/24", "2001:db8::/32"}},
		},
		app: keys.ApplicationGate{ID: "app_1", Name: "Shop", Status: api.ApplicationActive, Technology: api.Client, AllowedOrigins: []string{"https://shop.example"}},
		arx: keys.ArxGate{ID: "arx_1", Name: "EU", Status: api.ArxActive, Purpose: api.Production},
		q: keys.Question{
			Tenant: "acme", Digest: sum, ArxID: "arx_1", Scopes: []string{"invoices:read", "quotes:write"}, Origin: "https://shop.example", IP: "203.0.113.7", At: noon,
		},
		spent: keys.Spent{Code: api.CodeValid},
	}
}

func (s *scene) decide() api.Verification {
	return keys.Decide(s.credential, s.app, s.arx, s.q).After(s.spent)
}

// cause is a reason to refuse a key, and its code.
type cause struct {
	name  string
	code  api.Code
	apply func(*scene)
}

// causes are in the order in which they are checked.
var causes = []cause{
	{"another digest", api.CodeNotFound, func(s *scene) { s.q.Digest[0]++ }},
	{"no digest", api.CodeNotFound, func(s *scene) { s.credential.Digest = nil }},
	{"another tenant", api.CodeNotFound, func(s *scene) { s.q.Tenant = "other" }},
	{"deleted", api.CodeNotFound, func(s *scene) { s.credential.State = api.KeyDeleted }},
	{"Arx deleted", api.CodeNotFound, func(s *scene) { s.arx.Status = api.ArxDeleted }},
	{"another Arx's gate", api.CodeNotFound, func(s *scene) { s.arx.ID = "arx_2" }},
	{"another application's gate", api.CodeNotFound, func(s *scene) { s.app.ID = "app_2" }},
	{"disabled", api.CodeDisabled, func(s *scene) { s.credential.State = api.KeyDisabled }},
	{"in no known state", api.CodeDisabled, func(s *scene) { s.credential.State = "" }},
	{"expired", api.CodeExpired, func(s *scene) { s.credential.ExpiresAt = &noon }},
	{"presented to another Arx", api.CodeWrongArx, func(s *scene) { s.q.ArxID = "arx_2" }},
	{"application disabled", api.CodeApplicationInactive, func(s *scene) { s.app.Status = api.ApplicationDisabled }},
	{"application archived", api.CodeApplicationInactive, func(s *scene) { s.app.Status = api.ApplicationArchived }},
	{"application in no known state", api.CodeApplicationInactive, func(s *scene) { s.app.Status = "" }},
	{"Arx disabled", api.CodeArxInactive, func(s *scene) { s.arx.Status = api.ArxDisabled }},
	{"Arx in no known state", api.CodeArxInactive, func(s *scene) { s.arx.Status = "" }},
	{"another address", api.CodeIPNotAllowed, func(s *scene) { s.q.IP = "198.51.100.7" }},
	{"no address", api.CodeIPNotAllowed, func(s *scene) { s.q.IP = "" }},
	{"a malformed address", api.CodeIPNotAllowed, func(s *scene) { s.q.IP = "203.0.113" }},
	{"malformed blocks", api.CodeIPNotAllowed, func(s *scene) { s.credential.AllowedIPs = []string{"203.0.113.7"} }},
	{"another origin", api.CodeOriginNotAllowed, func(s *scene) { s.q.Origin = "https://evil.example" }},
	{"no origin", api.CodeOriginNotAllowed, func(s *scene) { s.q.Origin = "" }},
	{"no technology", api.CodeOriginNotAllowed, func(s *scene) { s.app.Technology = ""; s.q.Origin = "" }},
	{"a scope that it lacks", api.CodeInsufficientScope, func(s *scene) { s.q.Scopes = []string{"invoices:read", "invoices:write"} }},
	{"no scopes at all", api.CodeInsufficientScope, func(s *scene) { s.credential.Scopes = nil }},
	{"over its rate", api.CodeRateLimited, func(s *scene) {
		s.credential.Rate, s.spent.Code = &api.RateLimit{Limit: 1, WindowSeconds: 60}, api.CodeRateLimited
	}},
	{"exhausted", api.CodeUsageExhausted, func(s *scene) {
		uses := 1
		s.credential.Uses, s.spent.Code = &uses, api.CodeUsageExhausted
	}},
}

// The first code is decided before this function, and the last one when there is no cause.
func TestEveryCodeHasACause(t *testing.T) {
	codes := []api.Code{api.CodeMalformed}
	for _, c := range causes {
		if c.code != codes[len(codes)-1] {
			codes = append(codes, c.code)
		}
	}
	if diff := cmp.Diff(api.Codes(), append(codes, api.CodeValid)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryCauseRefusesAKey(t *testing.T) {
	for _, c := range causes {
		s := good()
		c.apply(s)
		got := s.decide()
		if got.Valid || got.Code != c.code {
			t.Errorf("%s: %v %s, want %s", c.name, got.Valid, got.Code, c.code)
		}
		if known := got.Key != nil && got.Application != nil && got.Arx != nil; known == (c.code == api.CodeNotFound) {
			t.Errorf("%s: contains %+v", c.name, got)
		}
	}
}

func TestEarlierOfTwoCausesIsReported(t *testing.T) {
	rank := map[api.Code]int{}
	for i, code := range api.Codes() {
		rank[code] = i
	}
	for _, a := range causes {
		for _, b := range causes {
			if rank[a.code] > rank[b.code] {
				continue // the pair comes the other way round
			}
			s := good()
			b.apply(s) // first, as both may be about one field
			a.apply(s)
			if got := s.decide(); got.Valid || got.Code != a.code {
				t.Errorf("%s and %s: %s, want %s", a.name, b.name, got.Code, a.code)
			}
		}
	}
}

func TestValidVerdictDescribesTheKey(t *testing.T) {
	s := good()
	later := noon.Add(time.Millisecond)
	s.credential.ExpiresAt = &later
	want := api.Verification{
		Valid: true, Code: api.CodeValid,
		Key:         &api.VerifiedKey{ID: "key_1", Scopes: s.credential.Scopes, Metadata: []byte("{}"), ExpiresAt: &later},
		Application: &api.VerifiedApplication{ID: "app_1", Name: "Shop"},
		Arx:         &api.VerifiedArx{ID: "arx_1", Name: "EU", Purpose: api.Production},
		Tenant:      "acme",
	}
	if diff := cmp.Diff(want, s.decide()); diff != "" {
		t.Error(diff)
	}
}

func TestOmittedParametersAreNotChecked(t *testing.T) {
	s := good()
	s.q.ArxID, s.q.Scopes, s.credential.Scopes = "", nil, nil
	s.q.IP, s.credential.AllowedIPs = "", nil
	if got := s.decide(); !got.Valid {
		t.Errorf("no Arx, no scopes and no address asked for: %s", got.Code)
	}
	s = good()
	s.app.Technology, s.app.AllowedOrigins, s.q.Origin = api.Server, nil, ""
	if got := s.decide(); !got.Valid {
		t.Errorf("a server without an origin: %s", got.Code)
	}
}

func TestScopesGrantWhatTheyName(t *testing.T) {
	check := func(has, want string, granted bool) {
		t.Helper()
		s := good()
		s.credential.Scopes, s.q.Scopes = []string{has}, []string{want}
		if got := s.decide().Valid; got != granted {
			t.Errorf("%s grants %s: %v, want %v", has, want, got, granted)
		}
	}
	allow := func(has, want string) { t.Helper(); check(has, want, true) }
	deny := func(has, want string) { t.Helper(); check(has, want, false) }
	allow("a:read", "a:read")
	allow("a:*", "a:read")
	allow("a:*", "a:")
	allow("*", "anything")
	allow("a:*", "a:*")
	deny("a:read", "a:write")
	deny("a:read", "a:*") // a wildcard that is asked for is only granted by one that is as wide
	deny("a:read", "a:rea")
	deny("a:*:read", "a:b:read") // only a trailing * is a wildcard
	deny("a:*", "b:read")
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte{1, 2, 3}, "acme", "active", "arx_1", "a:b", "https://shop.example", "203.0.113.7", "203.0.113.0/24", 1)
	f.Add([]byte{}, "", "", "", "", "", "", "", 0)
	f.Add([]byte{1}, "*", "deleted", "*", "*", "null", "::ffff:203.0.113.7%eth0", "::/0", -1)
	f.Fuzz(func(t *testing.T, digest []byte, tenant, state, arx, scope, origin, ip, block string, uses int) {
		s := good()
		s.q.IP, s.credential.AllowedIPs = ip, []string{block}
		if uses > 0 {
			s.credential.Uses = &uses
		}
		s.credential.Digest, s.credential.Tenant, s.credential.State = digest, tenant, api.KeyStatus(state)
		s.q.ArxID, s.q.Scopes, s.q.Origin = arx, []string{scope}, origin
		d := keys.Decide(s.credential, s.app, s.arx, s.q)
		got := d.Verdict
		if d.Charge != nil {
			if got.Valid || got.Code != "" {
				t.Fatalf("%v %q before the charge", got.Valid, got.Code)
			}
			got = d.After(keys.Spent{Code: api.CodeValid})
		}
		if got.Valid != (got.Code == api.CodeValid) {
			t.Fatalf("%v and %s", got.Valid, got.Code)
		}
		if got.Valid && (!s.q.Digest.Matches(digest) || tenant != "acme" || state != "active") {
			t.Fatalf("valid without a match: %+v", s)
		}
	})
}
