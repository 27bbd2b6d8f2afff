package api_test

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// misspelt are invalid origins, with the origin that they probably mean, or "" for none.
var misspelt = map[string]string{
	"HTTPS://Shop.Example":          "https://shop.example",
	"https://shop.example:443":      "https://shop.example",
	"https://shop.example:0443":     "https://shop.example",
	"https://shop.example:08443":    "https://shop.example:8443",
	"https://shop.example:":         "https://shop.example",
	"https://shop.example/":         "https://shop.example",
	"https://shop.example/cart?a#b": "https://shop.example",
	"https://shop.example?a":        "https://shop.example",
	"https://[2001:DB8:0:0::1]":     "https://[2001:db8::1]",
	"https://[0:0:0:0:0:0:0:1]:443": "https://[::1]",
	"https://203.0.113.7:443":       "https://203.0.113.7",

	"": "", "null": "", "https://": "", "https:": "", "https:/shop.example": "", "https:shop.example": "", "//shop.example": "", "shop.example": "", "http://shop.example": "",
	"https://$(id)": "", "https://`id`": "", "https://a,b": "", "https://a b": "", "https://a\\b": "", "https://a\nb": "", "https://a;b": "", "https://*.example": "", "https://a|b": "",
	"https://a..b": "", "https://.a": "", "https://.": "", "https://a..": "", "https://-a.example": "", "https://a-.example": "", "https://a_b.example": "", "https://_dmarc.example": "",
	"https://" + strings.Repeat("a", 64) + ".example": "", "https://" + strings.Repeat("a.", 127) + "ab": "",
	"https://shop.example:0": "", "https://shop.example:65536": "", "https://shop.example:99999999999999999999": "", "https://shop.example:-1": "", "https://shop.example:x": "",
	"https://:8443": "", "https://user@shop.example": "", "https://user:pw@shop.example": "", "https://@shop.example": "", "https://shop.example\\@evil.example": "",
	"https://bücher.example": "", "https://shop。example": "", "https://ｓhop.example": "", "https://shop%00.example": "", "https://shop%2eexample": "",
	"https://1.2.3": "", "https://1.2.3.4.5": "", "https://1.2.3.256": "", "https://01.2.3.4": "", "https://0x7f.0.0.1": "", "https://0x7f000001": "", "https://2130706433": "", "https://a.1": "",
	"https://[::1": "", "https://::1": "", "https://[fe80::1%25eth0]": "", "https://[::ffff:203.0.113.7]": "", "https://[::ffff:cb00:7107]": "", "https://[1.2.3.4]": "", "https://[g::1]": "",
}

// origins are valid origins.
var origins = []string{
	"https://shop.example", "https://shop.example:8443", "https://a", "https://localhost:3000", "https://a-b.c--d.example", "https://1shop.example", "https://xn--bcher-kva.example",
	"https://203.0.113.7", "https://203.0.113.7:1", "https://[2001:db8::1]", "https://[::1]:65535", "https://[1:0:0:2::3]", "https://" + strings.Repeat("a", 63) + ".example",
}

func TestOriginsAreAsBrowsersSendThem(t *testing.T) {
	for _, good := range origins {
		if !api.ValidOrigin(good) {
			t.Errorf("%s is refused", good)
		}
	}
	for bad, meant := range misspelt {
		err := api.CreateApplicationRequest{Name: "a", Technology: api.Client, AllowedOrigins: []string{bad}}.Validate()
		p := problem.Of(err)
		switch {
		case api.ValidOrigin(bad) || p == nil:
			t.Errorf("%q is accepted", bad)
		case meant != "" && !strings.Contains(p.Detail, "write it as "+meant+"."):
			t.Errorf("%q: %s", bad, p.Detail)
		}
	}
}

// TestBrowsersSpellOriginsAsWeDo compares with the URL parser of browsers (https://url.spec.whatwg.org),
// which Node has too.
func TestBrowsersSpellOriginsAsWeDo(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node")
	}
	want := map[string]string{}
	for _, o := range origins {
		want[o] = o
	}
	for text, meant := range misspelt {
		if meant != "" {
			want[text] = meant
		}
	}
	texts, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, "-p", "JSON.stringify(Object.keys("+string(texts)+").map((text) => [text, new URL(text).origin]))").Output()
	if err != nil {
		t.Fatal(err)
	}
	var spelt [][2]string
	if err := json.Unmarshal(out, &spelt); err != nil {
		t.Fatal(err)
	}
	for _, s := range spelt {
		if want[s[0]] != s[1] {
			t.Errorf("%s: browsers send %s, we want %s", s[0], s[1], want[s[0]])
		}
	}
}

func TestEndpointsAreUnambiguousURLs(t *testing.T) {
	endpoint := func(text string) error {
		return api.CreateArxRequest{Name: "a", Regions: []string{"eu"}, Endpoint: text}.Validate()
	}
	for _, origin := range origins {
		for _, rest := range []string{"", "/", "/v1", "/v1?x=1&y=%20", "?x"} {
			if err := endpoint(origin + rest); err != nil {
				t.Errorf("%s: %v", origin+rest, err)
			}
		}
	}
	for bad := range misspelt {
		// None, a path, and a query.
		good := bad == "" || bad == "https://shop.example/" || bad == "https://shop.example?a"
		if (endpoint(bad) == nil) != good {
			t.Errorf("%q: %v", bad, endpoint(bad))
		}
	}
	for _, bad := range []string{"https://arx.example/#", "https://arx.example/#x", "https://arx.example/%", "https://arx.example/?a=%zz", "https://arx.example/a'b", "https://arx.example/a b",
		"https://arx.example/\"", "https://arx.example/$(id)`", "https://arx.example/é", "https://arx.example:443/v1", "https://ARX.example/v1", "https://arx.example./v1", "javascript:alert(1)"} {
		if endpoint(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestBlocksOfAddressesHaveOneForm(t *testing.T) {
	for _, bad := range []string{"", "203.0.113.7", "203.0.113.7/24", "203.0.113.0/33", "203.0.113.0/024", "203.0.113.0/-1", "203.0.113.0/", "0203.0.113.0/24", "203.0.113/24",
		"2001:DB8::/32", "2001:db8:0::/32", "2001:db8::1/32", "fe80::%eth0/10", "fe80::1%eth0", "[2001:db8::]/32", "::ffff:203.0.113.0/120", "::ffff:0:0/96", " 203.0.113.0/24", "203.0.113.0/24\n", "$(id)/8", "*"} {
		if (api.UpdateKeyRequest{AllowedIPs: api.Set([]string{bad})}).Validate() == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	for _, good := range []string{"203.0.113.0/24", "203.0.113.7/32", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1/128", "::/0", "fe80::/10"} {
		if err := (api.UpdateKeyRequest{AllowedIPs: api.Set([]string{good})}).Validate(); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// FuzzOrigin checks that a valid origin is what a browser would send, so that comparing texts compares
// origins.
func FuzzOrigin(f *testing.F) {
	for _, seed := range origins {
		f.Add(seed)
	}
	for seed := range misspelt {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !api.ValidOrigin(text) {
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || text != "https://"+u.Host {
			t.Fatalf("%q is accepted as an origin: %v", text, err)
		}
		if plain := strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-.:/[]"); plain != "" {
			t.Errorf("%q is accepted as an origin: it has %q", text, plain)
		}
		if u.Port() == "443" || strings.HasPrefix(u.Port(), "0") || strings.HasSuffix(text, ":") || strings.HasSuffix(text, ".") || strings.Contains(text, "..") {
			t.Errorf("%q is accepted as an origin: no browser sends it", text)
		}
	})
}

// FuzzEndpoint checks that the host of a valid endpoint is that of a valid origin, and that all following
// characters are allowed in a URL.
func FuzzEndpoint(f *testing.F) {
	for _, seed := range origins {
		f.Add(seed + "/v1?a=%20")
	}
	for seed := range misspelt {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || (api.UpdateArxRequest{Endpoint: api.Set(text)}).Validate() != nil {
			return
		}
		u, err := url.Parse(text)
		if err != nil || !api.ValidOrigin("https://"+u.Host) || !strings.HasPrefix(text, "https://"+u.Host) {
			t.Fatalf("%q is accepted as an endpoint: %v", text, err)
		}
		if strings.ContainsAny(text, "'\"`\\<>{}|^# \t\r\n") || strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
			t.Errorf("%q is accepted as an endpoint", text)
		}
	})
}

// FuzzCIDR checks that a block of addresses has one form.
func FuzzCIDR(f *testing.F) {
	for _, seed := range []string{"203.0.113.0/24", "2001:db8::/32", "203.0.113.7", "fe80::1%eth0/64", "::ffff:203.0.113.0/120", "203.0.113.7/24", "2001:DB8::/32", "0.0.0.0/0", "::/0", "/", "a/1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if (api.UpdateKeyRequest{AllowedIPs: api.Set([]string{text})}).Validate() != nil {
			return
		}
		block, err := netip.ParsePrefix(text)
		if err != nil || block.String() != text || block.Masked() != block || block.Addr().Is4In6() || block.Addr().Zone() != "" {
			t.Errorf("%q is accepted as a block: %v", text, err)
		}
	})
}
