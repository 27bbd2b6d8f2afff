package listing

import (
	"net/url"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

const searchedID = "01J9Zk3V8QpTfW2x"

func TestSearchKeepsOnlyTheIDOfAnAccessKey(t *testing.T) {
	key, err := accesskey.New(accesskey.Production, searchedID, strings.NewReader(strings.Repeat("\xa7", 32)))
	if err != nil {
		t.Fatal(err)
	}
	management, err := accesskey.NewManagement(searchedID, strings.NewReader(strings.Repeat("\xa7", 32)))
	if err != nil {
		t.Fatal(err)
	}
	text := key.Reveal()
	for pasted, want := range map[string]string{
		text:                                    "key_" + searchedID,
		management.Reveal():                     "mgk_" + searchedID,
		"ARXKEYS_ACCESS_KEY=" + text:            "key_" + searchedID,
		"  " + text + " (billing)":              "key_" + searchedID,
		text[:len(text)-3]:                      "key_" + searchedID,
		text + "x":                              "key_" + searchedID,
		strings.Replace(text, "prd", "prod", 1): "key_" + searchedID,
		strings.Replace(text, "_prd", "", 1):    "key_" + searchedID,
		text[:12] + " " + text[12:]:             "",
		text[:12] + "-" + text[12:]:             "",
	} {
		got, held := redact(pasted)
		if got != want || !held {
			t.Errorf("%q: searches for %q, held %t, want %q", pasted, got, held, want)
		}
		address := &url.URL{RawQuery: url.Values{"q": {pasted}}.Encode()}
		if v, held := (addressing{}).read(address); v.Search != want || !held {
			t.Errorf("an address with %q searches for %q, held %t", pasted, v.Search, held)
		}
	}
	for _, plain := range []string{"", "billing", "key_" + searchedID, "arxk_prd_", "arxk_prd_01J9", "arxk_ for billing", strings.Repeat("x", 150)} {
		if got, held := redact(plain); got != plain || held {
			t.Errorf("%q: searches for %q, held %t", plain, got, held)
		}
	}
}
