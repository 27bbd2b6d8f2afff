package accesskey_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// encodeAll percent-encodes every character.
func encodeAll(s string) string {
	var out strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&out, "%%%02x", c)
	}
	return out.String()
}

func TestRedactLeavesNoKeyInAnyText(t *testing.T) {
	management, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	access := generate(t)
	for _, secret := range []string{access.Reveal(), management.Reveal()} {
		short := secret[:len(secret)-1]
		for _, c := range []struct{ name, text, want string }{
			{"alone", secret, "[access key]"},
			{"in a path", "/v1/keys/" + secret, "/v1/keys/[access key]"},
			{"in a path, with more", "/v1/keys/" + secret + "/usage?x=%41", "/v1/keys/[access key]/usage?x=%41"},
			{"twice", secret + " " + secret, "[access key] [access key]"},
			{"joined", secret + secret, "[access key]"},
			{"in a word", "x" + secret + "0", "x[access key]"},
			{"cut off", "key=" + short, "key=[access key]"},
			{"with an underscore encoded", strings.ReplaceAll(secret, "_", "%5F"), "[access key]"},
			{"with its first letter encoded", "a/%61" + secret[1:] + "/b", "a/[access key]/b"},
			{"with a letter in the middle encoded", secret[:40] + encodeAll(secret[40:41]) + secret[41:], "[access key]"},
			{"all encoded", "/v1/" + encodeAll(secret) + "/x", "/v1/[access key]/x"},
			{"encoded twice", "/v1/" + url.PathEscape(encodeAll(secret)) + "/x", "/v1/[access key]/x"},
			{"encoded three times", url.PathEscape(url.PathEscape(encodeAll(secret))), "[access key]"},
			{"after a broken escape", "%zz%" + secret + "%", "%zz%[access key]%"},
			{"in JSON", `{"key":"` + secret + `"}`, `{"key":"[access key]"}`},
		} {
			if got := accesskey.Redact(c.text); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
	}
	hint := accesskey.Hint(access.Env(), access.ID(), access.LastFour())
	for _, text := range []string{"", "arx", "arxk_prd_", "/v1/keys/key_" + id, "arxm_" + id, hint, "50%", "%61%72%78", "arxk_xyz_" + strings.Repeat("0", 65), "a%20b é%C3%A9"} {
		if got := accesskey.Redact(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	secret := generate(f).Reveal()
	f.Add("/v1/keys/" + secret + "?x=%41")
	f.Add(encodeAll(secret))
	f.Add("%2561rxk%5fprd_" + secret[9:])
	f.Add("arxarxm_%")
	pattern := regexp.MustCompile(accesskey.Pattern)
	f.Fuzz(func(t *testing.T, text string) {
		got := accesskey.Redact(text)
		for decoded := got; ; {
			if pattern.MatchString(decoded) {
				t.Fatalf("%q still contains a key", got)
			}
			next, err := url.PathUnescape(decoded)
			if err != nil || next == decoded {
				break
			}
			decoded = next
		}
	})
}
