package keys

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

func newAccessKey(t *testing.T, id string) string {
	t.Helper()
	secret, err := accesskey.New(accesskey.Production, strings.TrimPrefix(id, "key_"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

func TestOnlyTheKeyItselfConfirmsItsDeletion(t *testing.T) {
	const id, other = "key_7Hq2VbN4xT9mKc3R", "key_N8yGk2SvWq4RzH7p"
	own, foreign := newAccessKey(t, id), newAccessKey(t, other)
	if len(own) != accessKeyChars {
		t.Fatalf("an access key has %d characters, not %d", len(own), accessKeyChars)
	}
	mistyped := own[:30] + "x" + own[31:]
	if mistyped == own {
		mistyped = own[:30] + "y" + own[31:]
	}
	management, err := accesskey.NewManagement("7Hq2VbN4xT9mKc3R", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		about, typed, right, wrong string
	}{
		{"nothing", "", "", ""},
		{"the id", id, "this key", ""},
		{"its access key", own, "access key of this key", ""},
		{"the beginning of the id", "key_7Hq2", "", ""},
		{"the id, pasted with blanks", " " + id + " ", "this key", ""},
		{"its access key and a line break", own + "\n", "access key of this key", ""},
		{"the id in lower case", strings.ToLower(id), "", "case"},
		{"another id", other, "", "another API key"},
		{"another key's access key", foreign, "", other},
		{"a mistyped access key", mistyped, "", "checksum"},
		{"half an access key", own[:40], "", "these are 40"},
		{"a management key with the same id", management.Reveal(), "", "management key"},
		{"something else", "yes", "", "not this API key"},
	} {
		right, wrong := judge(row.typed, id)
		if (right != "") != (row.right != "") || !strings.Contains(right, row.right) {
			t.Errorf("%s: right %q, want %q", row.about, right, row.right)
		}
		if (wrong != "") != (row.wrong != "") || !strings.Contains(wrong, row.wrong) {
			t.Errorf("%s: wrong %q, want %q", row.about, wrong, row.wrong)
		}
		if strings.Contains(right+wrong, own[20:60]) || strings.Contains(right+wrong, foreign[20:60]) {
			t.Errorf("%s: the verdict repeats the secret", row.about)
		}
	}
}
