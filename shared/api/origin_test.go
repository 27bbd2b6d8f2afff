package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

// FuzzValidOrigin holds that what is taken for an origin is what a browser would send, so that
// comparing texts compares origins.
func FuzzValidOrigin(f *testing.F) {
	for _, seed := range []string{
		"https://shop.example", "https://shop.example:8443", "https://shop.example:443", "https://shop.example:", "https://SHOP.example", "https://*.example",
		"https://shop.example/", "https://shop.example?", "https://shop.example#", "https://a@shop.example", "http://shop.example", "https://", "https://:8443",
		"https://[::1]:8443", "https://[::1", "https://shop.example:0", "https://shop.example:99999", "https://shop.example:08443", "https://shop .example", "https://shöp.example",
		"https://shop.example\n", "https://shop%2eexample", "null", "", "https://shop.example\\@evil.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !api.ValidOrigin(text) {
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || text != "https://"+u.Host || text != strings.ToLower(text) {
			t.Fatalf("%q is taken for an origin: %v", text, err)
		}
		if u.Port() == "443" || u.User != nil || strings.ContainsAny(text, "*?# \\\t\r\n@%") {
			t.Errorf("%q is taken for an origin: no browser sends it", text)
		}
	})
}
