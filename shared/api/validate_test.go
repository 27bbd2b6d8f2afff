package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	appID = "app_0123456789abcdef"
	arxID = "arx_0123456789abcdef"
)

// beyond is a time with a five-digit year in UTC.
var beyond = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -12*60*60))

// wrong checks that exactly these fields are reported.
func wrong(t *testing.T, req api.Request, fields ...string) {
	t.Helper()
	err := req.Validate()
	if len(fields) == 0 {
		if err != nil {
			t.Errorf("%+v: %v", req, err)
		}
		return
	}
	if !problem.Is(err, problem.InvalidField) {
		t.Errorf("%+v: %v, want the fields %v", req, err, fields)
		return
	}
	var got []string
	for _, f := range problem.Of(err).Fields {
		got = append(got, f.Field)
		if f.Code == "" || f.Detail == "" {
			t.Errorf("%s has no code or no detail", f.Field)
		}
	}
	if !slices.Equal(got, fields) {
		t.Errorf("%+v: fields %v, want %v", req, got, fields)
	}
}

func TestApplicationsFields(t *testing.T) {
	type request = api.CreateApplicationRequest
	wrong(t, request{}, "name", "technology")
	wrong(t, request{Name: " \t", Technology: "desktop"}, "name", "technology")
	wrong(t, request{Name: "\u200b \u2060", Technology: api.Server}, "name") // nothing to see
	wrong(t, request{Name: strings.Repeat("é", 151), Technology: api.Server}, "name")
	wrong(t, request{Name: "a\x00b", Technology: api.Server}, "name")
	wrong(t, request{Name: "a\nb", Technology: api.Server}, "name")
	wrong(t, request{Name: "a\xff", Technology: api.Server}, "name")
	wrong(t, request{Name: "a", Technology: api.Server, Description: strings.Repeat("x", 501), Owner: strings.Repeat("x", 151)}, "description", "owner")
	wrong(t, request{Name: "a", Technology: api.Client}, "allowed_origins")
	wrong(t, request{Name: "a", Technology: api.Server, AllowedOrigins: []string{"https://a.example"}}, "allowed_origins")
	wrong(t, request{Name: "a", Technology: api.Client, AllowedOrigins: []string{"https://a.example", "http://b.example", "https://a.example"}},
		"allowed_origins[1]", "allowed_origins[2]")
	wrong(t, request{Name: strings.Repeat("é", 150), Technology: api.Server, Description: "two\nlines"})
	wrong(t, request{Name: "a", Technology: api.Client, AllowedOrigins: []string{"https://a.example:8443"}})
}

func TestMisleadingTextIsRefused(t *testing.T) {
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\u0085\x1b" {
		text := "gnilliB " + string(r) + "x"
		wrong(t, api.CreateApplicationRequest{Name: text, Technology: api.Server, Description: text, Owner: text}, "name", "description", "owner")
		wrong(t, api.CreateArxRequest{Name: text, Regions: []string{"eu"}, Description: text}, "name", "description")
		wrong(t, api.UpdateApplicationRequest{Name: api.Set(text), Description: api.Set(text)}, "name", "description")
		wrong(t, api.UpdateArxRequest{Name: api.Set(text), Description: api.Set(text)}, "name", "description")
		wrong(t, api.CreateKeyRequest{ApplicationID: appID, ArxID: arxID, Name: text}, "name")
		wrong(t, api.UpdateKeyRequest{Name: api.Set(text)}, "name")
		wrong(t, api.CreateManagementKeyRequest{Name: text, Role: api.Admin}, "name")
	}
	// Right-to-left scripts, the marks that they need, and joined emoji are allowed.
	for _, text := range []string{"חיוב", "می\u200cخواهم", "👩\u200d💻", "❤\ufe0f"} {
		wrong(t, api.CreateApplicationRequest{Name: text, Technology: api.Server, Description: text, Owner: text})
	}
	wrong(t, api.CreateApplicationRequest{Name: "a", Technology: api.Server, Description: "الفوترة\u200f 2"})
}

// TestLineHidesNothing checks every single-line string.
func TestLineHidesNothing(t *testing.T) {
	line := func(text string) map[string]error {
		return map[string]error{
			"application":         api.CreateApplicationRequest{Name: text, Technology: api.Server}.Validate(),
			"application, edited": api.UpdateApplicationRequest{Name: api.Set(text)}.Validate(),
			"its owner":           api.CreateApplicationRequest{Name: "a", Owner: text, Technology: api.Server}.Validate(),
			"its owner, edited":   api.UpdateApplicationRequest{Owner: api.Set(text)}.Validate(),
			"Arx":                 api.CreateArxRequest{Name: text, Regions: []string{"eu"}}.Validate(),
			"Arx, edited":         api.UpdateArxRequest{Name: api.Set(text)}.Validate(),
			"Arx's owner":         api.CreateArxRequest{Name: "a", Owner: text, Regions: []string{"eu"}}.Validate(),
			"Arx's owner, edited": api.UpdateArxRequest{Owner: api.Set(text)}.Validate(),
			"key":                 api.CreateKeyRequest{ApplicationID: appID, ArxID: arxID, Name: text}.Validate(),
			"key, edited":         api.UpdateKeyRequest{Name: api.Set(text)}.Validate(),
			"management key":      api.CreateManagementKeyRequest{Name: text, Role: api.Admin}.Validate(),
		}
	}
	for _, text := range []string{
		"Bil\u200bling", "Bil\u2060ling", "\ufeffBilling", "Bil\u00adling", "Bil\u200dling", "Bil\ufe0fling", "Billing\U000e0041", "Bil\u3164ling", "Bil\u115fling", "Bil\u034fling",
		"Billing\u200e", "Billing\u200f", "Billing\u061c", "\u202eBilling", "Billing\u2066", "Billing\u2800", "\u2800", "\u3164", " ", "\u00a0", "\u200b", "\u2003 \u3000", "Bil\nling", "Bil\tling", "Billing\x00", "\xff",
	} {
		for where, err := range line(text) {
			if !problem.Is(err, problem.InvalidField) {
				t.Errorf("%s %+q: %v", where, text, err)
			}
		}
	}
	for _, text := range []string{"Billing", "naïve e\u0301", "请求", "می\u200cخواهم", "👩\u200d❤\ufe0f\u200d👨", "क्\u200dष", "a b", "1\ufe0f\u20e3"} {
		for where, err := range line(text) {
			if err != nil {
				t.Errorf("%s %+q: %v", where, text, err)
			}
		}
	}
}

func TestArxesFields(t *testing.T) {
	type request = api.CreateArxRequest
	wrong(t, request{}, "name", "regions")
	wrong(t, request{Name: "a", Regions: []string{"eu", "EU", "eu", ""}}, "regions[1]", "regions[2]", "regions[3]")
	wrong(t, request{Name: "a", Regions: []string{"a", "b", "c", "d", "e", "f"}}, "regions")
	wrong(t, request{Name: "a", Regions: []string{"eu"}, Purpose: "fun", Plan: "big", Provider: "ibm", Encryption: "rot13", Cycle: "daily"},
		"purpose", "plan", "provider", "encryption_method", "rotation_cycle")
	for _, bad := range []string{"http://arx.example", "arx.example", "https://", "https://u:p@arx.example", "https://arx.example/#x",
		"https://:443", "https://arx.example/a b", "https://arx.example/\"x\"", "https://arx.example/`x`", "https://bücher.example",
		"https://arx.example/\n", "https://arx.example/" + strings.Repeat("x", 300)} {
		wrong(t, request{Name: "a", Regions: []string{"eu"}, Endpoint: bad}, "endpoint")
	}
	wrong(t, request{Name: "a", Regions: []string{"eu-central-1"}, Endpoint: "https://arx.example/v1?x=1"})
}

func TestKeysFields(t *testing.T) {
	type request = api.CreateKeyRequest
	wrong(t, request{}, "application_id", "arx_id")
	wrong(t, request{ApplicationID: arxID, ArxID: "arx_short"}, "application_id", "arx_id")
	wrong(t, request{ApplicationID: appID, ArxID: arxID, ExpiresAt: &beyond}, "expires_at")
	wrong(t, request{ApplicationID: appID, ArxID: arxID, Scopes: []string{"ok", "Quotes:Write", "", "ok", strings.Repeat("x", 65)}},
		"scopes[1]", "scopes[2]", "scopes[3]", "scopes[4]")
	wrong(t, request{ApplicationID: appID, ArxID: arxID, Scopes: make([]string, 51)}, "scopes")
	for _, bad := range []string{`[]`, `"x"`, `null`, `{`, `{"x":"` + strings.Repeat("y", 2048) + `"}`} {
		wrong(t, request{ApplicationID: appID, ArxID: arxID, Metadata: json.RawMessage(bad)}, "metadata")
	}
	wrong(t, request{ApplicationID: appID, ArxID: arxID, Scopes: []string{"a:b_c.d-e*"}, Metadata: json.RawMessage(`{}`)})
}

func TestTooLargeKeyIsRefusedAtItsLongestField(t *testing.T) {
	var scopes, blocks []string
	for i := range 50 {
		scopes = append(scopes, fmt.Sprintf("%s:%02d", strings.Repeat("s", 27), i)) // 31 bytes where stored
		blocks = append(blocks, fmt.Sprintf("2001:db8:0:%x::/64", 0x1000+i))
	}
	metadata := func(bytes int) json.RawMessage {
		return json.RawMessage(`{"x":"` + strings.Repeat("y", bytes-8) + `"}`)
	}
	fits := api.CreateKeyRequest{ApplicationID: appID, ArxID: arxID, Scopes: scopes, Metadata: metadata(api.MaxCredentialBytes - 50*31)}
	wrong(t, fits)
	fits.Name = "x"
	wrong(t, fits, "scopes")
	fits.Scopes, fits.Metadata, fits.AllowedIPs = nil, metadata(2000), blocks
	wrong(t, fits, "metadata")
}

func TestVerificationsFields(t *testing.T) {
	type request = api.VerifyKeyRequest
	wrong(t, request{}, "key")
	wrong(t, request{Key: api.ClearText(strings.Repeat("x", 513))}, "key")
	wrong(t, request{Key: "x", ArxID: "production", IP: "203.0.113.0/24", Scopes: []string{"A"}, Origin: strings.Repeat("x", 301)}, "arx_id", "scopes[0]", "ip", "origin")
	wrong(t, request{Key: "x", IP: "2001:db8::1"})
}

func TestListsParameters(t *testing.T) {
	bad := api.Page{Limit: 101, Cursor: strings.Repeat("x", 2000), Query: strings.Repeat("x", 151)}
	wrong(t, api.ListKeysRequest{Page: bad, ApplicationID: "x", ArxID: "x", Status: "x", Include: "x"},
		"limit", "cursor", "q", "application_id", "arx_id", "status", "include")
	wrong(t, api.ListApplicationsRequest{Page: api.Page{Limit: -1}, Status: "deleted", Include: "deleted"}, "limit", "status", "include")
	wrong(t, api.ListArxesRequest{Status: "archived", Include: "archived"}, "status", "include")
	wrong(t, api.ListKeysRequest{Page: api.Page{Limit: 100}, Status: api.ExpiredKeys, Include: "deleted"})
}

func TestManagementKeysFields(t *testing.T) {
	wrong(t, api.CreateManagementKeyRequest{}, "name", "role")
	wrong(t, api.CreateManagementKeyRequest{Name: "ci", Role: "root"}, "role")
	wrong(t, api.CreateManagementKeyRequest{Name: "ci", Role: api.Verifier, ExpiresAt: &beyond}, "expires_at")
	wrong(t, api.CreateManagementKeyRequest{Name: "ci", Role: api.Verifier})
}

func TestKeysChangesFields(t *testing.T) {
	wrong(t, api.UpdateKeyRequest{})
	wrong(t, api.UpdateKeyRequest{
		Name: api.Remove[string](), Scopes: api.Remove[[]string](), ExpiresAt: api.Remove[time.Time](), Metadata: api.Remove[json.RawMessage](),
	})
	wrong(t, api.UpdateKeyRequest{
		Name: api.Set(strings.Repeat("x", 151)), Scopes: api.Set([]string{"A"}), ExpiresAt: api.Set(beyond), Metadata: api.Set(json.RawMessage(`[]`)),
	}, "name", "scopes[0]", "expires_at", "metadata")
	wrong(t, api.RotateKeyRequest{}, "overlap_seconds")
	wrong(t, api.RotateKeyRequest{OverlapSeconds: new(-1), Replace: "old"}, "overlap_seconds", "replace")
	wrong(t, api.RotateKeyRequest{OverlapSeconds: new(604801)}, "overlap_seconds")
	wrong(t, api.RotateKeyRequest{OverlapSeconds: new(604800), Replace: api.ReplaceNew})
	wrong(t, api.RotateKeyRequest{OverlapSeconds: new(0), Idempotent: api.Idempotent{IdempotencyKey: strings.Repeat("x", 256)}}, "Idempotency-Key")
	wrong(t, api.ListKeysRequest{Sort: "colour"}, "sort")
	wrong(t, api.ListKeysRequest{Sort: api.ByExpiryBack})
}
