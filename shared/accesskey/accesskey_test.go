package accesskey_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

const id = "01J9Zk3V8QpTfW2x"

func generate(t testing.TB) accesskey.Secret {
	t.Helper()
	s, err := accesskey.New(accesskey.Production, id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseRefusesMalformedKeys(t *testing.T) {
	good := generate(t).Reveal()
	flip := func(i int) string {
		b := []byte(good)
		if b[i] == 'a' {
			b[i] = 'b'
		} else {
			b[i] = 'a'
		}
		return string(b)
	}
	texts := map[string]string{
		"nothing":           "",
		"a prefix alone":    "arxk_prd_",
		"another prefix":    "sk_live_" + good[9:],
		"no environment":    "arxk_" + good[9:],
		"other environment": "arxk_xyz_" + good[9:],
		"moved environment": "arxk_dev_" + good[9:],
		"too short":         good[:len(good)-1],
		"too long":          good + "0",
		"a space around it": " " + good,
		"not base62":        good[:20] + "-" + good[21:],
		"not ASCII":         good[:20] + "é" + good[22:],
		"id mistyped":       flip(12),
		"secret mistyped":   flip(40),
		"checksum mistyped": flip(len(good) - 1),
	}
	for name, text := range texts {
		if _, err := accesskey.Parse(text); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestGeneratedKeysParseAndMatchTheScannersPattern(t *testing.T) {
	pattern := regexp.MustCompile(`^` + accesskey.Pattern + `$`)
	seen := map[string]bool{}
	for _, env := range []accesskey.Env{accesskey.Development, accesskey.Testing, accesskey.Staging, accesskey.Production} {
		for range 200 {
			s, err := accesskey.New(env, id, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			back, err := accesskey.Parse(s.Reveal())
			if err != nil || back.Reveal() != s.Reveal() || back.ID() != id || back.Env() != env || back.IsManagement() {
				t.Fatalf("parse gives %q %q, %v", back.ID(), back.Env(), err)
			}
			if !pattern.MatchString(s.Reveal()) {
				t.Fatal("the scanner's pattern does not match")
			}
			if seen[s.Reveal()] {
				t.Fatal("a secret was generated twice")
			}
			seen[s.Reveal()] = true
		}
	}
}

func TestManagementKeyIsNotAnAccessKey(t *testing.T) {
	s, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := accesskey.Parse(s.Reveal()); err != nil || !back.IsManagement() || back.ID() != id {
		t.Fatalf("parse: %v", err)
	}
	if !regexp.MustCompile(`^` + accesskey.Pattern + `$`).MatchString(s.Reveal()) {
		t.Error("the scanner's pattern does not match")
	}
}

func TestNewRefusesInvalidParts(t *testing.T) {
	for _, bad := range []string{"", "short", id + "x", strings.Repeat("-", 16)} {
		if _, err := accesskey.New(accesskey.Production, bad, rand.Reader); err == nil {
			t.Errorf("id %q is accepted", bad)
		}
	}
	if _, err := accesskey.New("nope", id, rand.Reader); err == nil {
		t.Error("an unknown environment is accepted")
	}
	if _, err := accesskey.New(accesskey.Production, id, strings.NewReader("too few")); err == nil {
		t.Error("too little randomness is accepted")
	}
}

func TestSecretRedactsItself(t *testing.T) {
	s := generate(t)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x\n", s, s, s, s, s, s)
	fmt.Fprintf(&out, "%v %+v %#v\n", &s, struct{ s accesskey.Secret }{s}, []accesskey.Secret{s})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", s, "in", map[string]any{"k": s})
	if err := json.NewEncoder(&out).Encode(map[string]any{"k": s}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), s.Reveal()[25:60]) {
		t.Errorf("the secret is in %s", out.String())
	}
}

func TestDigestMatchesOnlyItself(t *testing.T) {
	a, b := generate(t).Digest(), generate(t).Digest()
	if !a.Matches(a[:]) || a.Matches(b[:]) || a.Matches(nil) || a.Matches(a[:31]) {
		t.Error("the digest matches another key, or not its own")
	}
}

// The vector fixes the format: a change of it would invalidate all existing keys.
func ExampleNew() {
	s, _ := accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	fmt.Println(s.Reveal())
	fmt.Println(s)
	fmt.Println(accesskey.Hint(s.Env(), s.ID(), s.LastFour()))
	// Output:
	// arxk_prd_01J9Zk3V8QpTfW2x1fJjkkpe9PiTw9KSulA8Ghct30vZz4HpdQ5c5b9cPF10W2AZa
	// [access key]
	// arxk_prd_01J9Zk3V8QpTfW2x…2AZa
}

func FuzzParse(f *testing.F) {
	f.Add(generate(f).Reveal())
	f.Add("arxk_prd_")
	f.Add("arxm_" + strings.Repeat("0", 65))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := accesskey.Parse(text)
		if err != nil {
			return
		}
		if s.Reveal() != text || len(s.ID()) != 16 || len(s.LastFour()) != 4 {
			t.Errorf("%q parses to something else", text)
		}
	})
}
