package accesskey_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// escape formats every byte of the text: "%%%02x" percent-encodes.
func escape(text, format string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func management(t testing.TB) accesskey.Secret {
	t.Helper()
	s, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFindFindsEncodedKeys(t *testing.T) {
	for _, secret := range []accesskey.Secret{generate(t), management(t)} {
		key := secret.Reveal()
		split := strings.Replace(key, "_", "%5F", 1)
		for how, text := range map[string]string{
			"alone":                            key,
			"in a sentence":                    "the key is " + key + ", keep it",
			"without anything around it":       "xx" + key + "yy",
			"behind the start of another":      "arxk_prd_arxm_arx" + key,
			"in a query":                       "https://arx.example/?key=" + key + "&x=1",
			"percent-encoded":                  escape(key, "%%%02x"),
			"percent-encoded in capitals":      escape(key, "%%%02X"),
			"one character percent-encoded":    split,
			"twice percent-encoded":            url.QueryEscape(split),
			"three times percent-encoded":      url.QueryEscape(url.QueryEscape(split)),
			"behind half an encoded letter":    "%2" + key,
			"behind half a letter, encoded":    "%2" + escape(key[:1], "%%%02x") + key[1:],
			"in JSON":                          `{"` + key + `":1}`,
			"in JSON with escapes":             `{"a":["` + escape(key, `\u%04x`) + `"]}`,
			"in JSON inside of JSON":           `{"a":"{\"b\":\"` + strings.ReplaceAll(key, "_", `\\u005f`) + `\"}"}`,
			"percent-encoded and with escapes": strings.ReplaceAll(split, "%", `\u0025`),
		} {
			if found, ok := accesskey.Find(text); !ok || found.Reveal() != key {
				t.Errorf("%s: %t", how, ok)
			}
		}
	}
}

func TestFindFindsNothingElse(t *testing.T) {
	key := generate(t).Reveal()
	for what, text := range map[string]string{
		"nothing":                   "",
		"a hint":                    accesskey.Hint(accesskey.Production, id, "9fQa"),
		"a checksum that is wrong":  key[:len(key)-1] + "-",
		"half a key":                key[:40],
		"a key in capitals":         strings.ToUpper(key),
		"another environment":       strings.Replace(key, "_prd_", "_dev_", 1),
		"a key with a space in it":  key[:30] + " " + key[30:],
		"percent signs":             "100 % of 50%, %zz and %",
		"text that is encoded once": "a%20b%C3%A9",
		"backslashes":               `C:\users\u12 \ud800`,
	} {
		if accesskey.Contains(text) {
			t.Errorf("%s contains a key", what)
		}
	}
}

func TestFindTreatsDeeplyEncodedTextAsAKey(t *testing.T) {
	if !accesskey.Contains("%" + strings.Repeat("25", 10_000) + "41") {
		t.Error("the text was accepted")
	}
}

func FuzzFind(f *testing.F) {
	key := generate(f).Reveal()
	f.Add("", "")
	f.Add("%2", "%")
	f.Add(`\u00`, "arxk_")
	f.Fuzz(func(t *testing.T, before, after string) {
		text := before + key + after
		if _, ok := accesskey.Find(text); !ok {
			t.Errorf("not found in %q", text)
		}
		if !accesskey.Contains(url.QueryEscape(text)) || !accesskey.Contains(escape(text, "%%%02x")) {
			t.Errorf("not found in the encoded %q", text)
		}
	})
}
