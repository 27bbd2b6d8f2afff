package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const checkedArx = "arx_0123456789abcdef"

func TestWrongSettingOfAGatewayIsRefused(t *testing.T) {
	many := make([]string, api.MaxScopes+1)
	for i := range many {
		many[i] = strings.Repeat("a", i+1)
	}
	for name, c := range map[string]struct {
		api.CheckRequest
		field string
	}{
		"no Arx":                         {api.CheckRequest{}, "arx_id"},
		"another id":                     {api.CheckRequest{ArxID: "app_0123456789abcdef"}, "arx_id"},
		"a star and more":                {api.CheckRequest{ArxID: "**"}, "arx_id"},
		"a part of an Arx's id":          {api.CheckRequest{ArxID: "arx_01234567"}, "arx_id"},
		"another Arx than the path's":    {api.CheckRequest{ArxID: "*", Arx: checkedArx}, "x-arxkeys-arx"},
		"any Arx, unlike the path":       {api.CheckRequest{ArxID: checkedArx, Arx: "*"}, "x-arxkeys-arx"},
		"two headers":                    {api.CheckRequest{ArxID: "*", KeyHeader: "x-api-key,x-key"}, "x-arxkeys-key-header"},
		"a header with a space":          {api.CheckRequest{ArxID: "*", KeyHeader: "x key"}, "x-arxkeys-key-header"},
		"a long header":                  {api.CheckRequest{ArxID: "*", KeyHeader: strings.Repeat("x", 65)}, "x-arxkeys-key-header"},
		"the gateway's own credential":   {api.CheckRequest{ArxID: "*", KeyHeader: "Authorization"}, "x-arxkeys-key-header"},
		"the gateway's own setting":      {api.CheckRequest{ArxID: "*", KeyHeader: "X-Arxkeys-Origin"}, "x-arxkeys-key-header"},
		"scopes joined by a comma":       {api.CheckRequest{ArxID: "*", Scopes: "invoices:read,invoices:write"}, "x-arxkeys-scopes"},
		"a scope twice":                  {api.CheckRequest{ArxID: "*", Scopes: "a a"}, "x-arxkeys-scopes"},
		"no scope but a space":           {api.CheckRequest{ArxID: "*", Scopes: " "}, "x-arxkeys-scopes"},
		"too many scopes":                {api.CheckRequest{ArxID: "*", Scopes: strings.Join(many, " ")}, "x-arxkeys-scopes"},
		"two addresses":                  {api.CheckRequest{ArxID: "*", ClientIP: "203.0.113.7, 198.51.100.1"}, "x-arxkeys-client-ip"},
		"an address with a port":         {api.CheckRequest{ArxID: "*", ClientIP: "203.0.113.7:443"}, "x-arxkeys-client-ip"},
		"no address":                     {api.CheckRequest{ArxID: "*", ClientIP: "unknown"}, "x-arxkeys-client-ip"},
		"another status for limits":      {api.CheckRequest{ArxID: "*", Limited: "401"}, "x-arxkeys-limited"},
		"the status for limits repeated": {api.CheckRequest{ArxID: "*", Limited: "403,403"}, "x-arxkeys-limited"},
	} {
		err := c.Validate()
		if p := problem.Of(err); !problem.Is(err, problem.InvalidField) || len(p.Fields) != 1 || p.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Settings may be repeated in documents for the gateway's operator. A wrong one may be the caller's text,
// if the configuration does not overwrite it.
func TestRefusalOfASettingDoesNotRepeatIt(t *testing.T) {
	const stranger = "arxk_prd_stranger"
	for _, r := range []api.CheckRequest{
		{ArxID: stranger}, {ArxID: "*", KeyHeader: stranger + "\n"}, {ArxID: "*", Scopes: stranger + "," + stranger},
		{ArxID: "*", Scopes: stranger + " " + stranger}, {ArxID: "*", ClientIP: stranger}, {ArxID: "*", Limited: stranger}, {ArxID: "*", Arx: stranger},
	} {
		if err := r.Validate(); err == nil || strings.Contains(err.Error(), "stranger") {
			t.Errorf("%v", err)
		}
	}
}

func TestGatewaysQuestionBecomesAVerification(t *testing.T) {
	all := api.CheckRequest{
		ArxID: checkedArx, Arx: checkedArx, KeyHeader: "X-Key", Scopes: " invoices:read  quotes:* ", ClientIP: "2001:db8::1",
		Origin: strings.Repeat("o", 5000), Limited: "403",
	}
	if err := all.Validate(); err != nil {
		t.Fatal(err)
	}
	want := api.VerifyKeyRequest{Key: "k", ArxID: checkedArx, Scopes: []string{"invoices:read", "quotes:*"}, IP: all.ClientIP, Origin: all.Origin}
	if diff := cmp.Diff(want, all.Verifying("k")); diff != "" || all.KeyIn() != "X-Key" || !all.ForbidsLimited() {
		t.Errorf("%s %t (-want +got):\n%s", all.KeyIn(), all.ForbidsLimited(), diff)
	}
	least := api.CheckRequest{ArxID: "*"}
	if err := least.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := least.Verifying("k"); got.ArxID != "" || len(got.Scopes) != 0 || got.IP != "" || got.Origin != "" || least.KeyIn() != "x-api-key" || least.ForbidsLimited() {
		t.Errorf("%+v", got)
	}
}
