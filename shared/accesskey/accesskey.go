// Package accesskey defines the text of an access key.
//
// An access key is what the holder of an API key presents:
//
//	arxk_prd_01J9Zk3V8QpTfW2x<43 characters of secret><6 characters of checksum>
//
// The environment says what the key opens, the id which API key it belongs to, the secret is 256
// random bits, and the checksum lets a mistyped one be refused without reading the database. A
// management key has the same form without an environment: arxm_<id><secret><checksum>. Both are
// matched whole by a double click and, by secret scanners, with [Pattern].
package accesskey

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"hash/crc32"
	"io"
	"log/slog"
	"math/big"
	"slices"
	"strings"
)

// Pattern is the regular expression that finds access keys and management keys in a text.
const Pattern = `arx(k_(dev|tst|stg|prd)|m)_[0-9A-Za-z]{65}`

const (
	idChars       = 16
	secretChars   = 43 // ceil(256 / log2(62))
	checksumChars = 6  // ceil(32 / log2(62))
	tailChars     = idChars + secretChars + checksumChars
	secretBytes   = 32

	managementPrefix = "arxm_"
	keyPrefix        = "arxk_"
)

// alphabet is base62 in the order of ASCII, so that encoded numbers of one length sort as numbers.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Env is the environment that an access key names: the short form of its Arx's purpose.
// It is empty in a management key.
type Env string

// The environments.
const (
	Development Env = "dev"
	Testing     Env = "tst"
	Staging     Env = "stg"
	Production  Env = "prd"
)

// ErrMalformed is what Parse answers for a text that is no access key: the wrong form, or a
// checksum that does not fit.
var ErrMalformed = errors.New("not an access key")

// Secret is an access key or a management key in clear. It redacts itself wherever it might be
// printed, logged or encoded; [Secret.Reveal] is the one way to the text.
type Secret struct {
	text *string // a pointer, because fmt prints unexported fields without asking String
	env  Env
}

// New makes the access key of an API key. The id is the 16 base62 characters after key_, and
// random is crypto/rand.Reader but in tests.
func New(env Env, id string, random io.Reader) (Secret, error) {
	return generate(keyPrefix+string(env)+"_", env, id, random)
}

// NewManagement makes a management key. The id is the 16 base62 characters after mgk_.
func NewManagement(id string, random io.Reader) (Secret, error) {
	return generate(managementPrefix, "", id, random)
}

func generate(prefix string, env Env, id string, random io.Reader) (Secret, error) {
	if len(id) != idChars || !isBase62(id) {
		return Secret{}, errors.New("the id of an access key has 16 base62 characters")
	}
	var bits [secretBytes]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return Secret{}, err
	}
	text := prefix + id + base62(new(big.Int).SetBytes(bits[:]), secretChars)
	return Parse(text + checksum(text)) // which refuses an environment that does not exist
}

// Parse reads an access key or a management key. It answers ErrMalformed for anything else, and
// reads nothing but the text.
func Parse(text string) (Secret, error) {
	tail, env := "", Env("")
	switch {
	case strings.HasPrefix(text, managementPrefix):
		tail = text[len(managementPrefix):]
	case strings.HasPrefix(text, keyPrefix):
		rest := text[len(keyPrefix):]
		if len(rest) < 4 || rest[3] != '_' {
			return Secret{}, ErrMalformed
		}
		env, tail = Env(rest[:3]), rest[4:]
		switch env {
		case Development, Testing, Staging, Production:
		default:
			return Secret{}, ErrMalformed
		}
	default:
		return Secret{}, ErrMalformed
	}
	if len(tail) != tailChars || !isBase62(tail) {
		return Secret{}, ErrMalformed
	}
	body := text[:len(text)-checksumChars]
	if checksum(body) != text[len(body):] {
		return Secret{}, ErrMalformed
	}
	return Secret{text: &text, env: env}, nil
}

// Reveal returns the text in clear. Every code path calls it once: to answer the create that made
// it, or to present it.
// The zero Secret has none: "".
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Env returns the environment that the key names, empty for a management key.
func (s Secret) Env() Env { return s.env }

// IsManagement reports whether it is a management key.
func (s Secret) IsManagement() bool { return s.text != nil && s.env == "" }

// ID returns the 16 characters that name the key: those after key_ or mgk_.
// It panics on the zero Secret.
func (s Secret) ID() string {
	tail := len(*s.text) - tailChars
	return (*s.text)[tail : tail+idChars]
}

// LastFour returns the last four characters, which [Hint] shows. It panics on the zero Secret.
func (s Secret) LastFour() string { return (*s.text)[len(*s.text)-4:] }

// Digest returns what is stored of the key. The secret has 256 random bits: there is nothing to
// guess, so that one round of SHA-256 is enough.
func (s Secret) Digest() Digest { return sha256.Sum256([]byte(s.Reveal())) }

// Digest is the SHA-256 of a key's text.
type Digest [sha256.Size]byte

// Matches compares in constant time.
func (d Digest) Matches(stored []byte) bool { return subtle.ConstantTimeCompare(d[:], stored) == 1 }

// Hint returns what may be shown of an access key for good: how it begins, and its last four
// characters.
func Hint(env Env, id, lastFour string) string {
	return keyPrefix + string(env) + "_" + id + "…" + lastFour
}

// IDInHint returns the id that a hint names, or the beginning of it that the beginning of a hint names, and false where
// the text is neither.
func IDInHint(text string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(text, keyPrefix)
	env, id, found := strings.Cut(rest, "_")
	if !ok || !found || !slices.Contains([]Env{Development, Testing, Staging, Production}, Env(env)) {
		return "", false
	}
	id, _, _ = strings.Cut(id, "…")
	return id, true
}

// redacted stands for a key wherever one might have been printed.
const redacted = "[access key]"

// String redacts.
func (Secret) String() string { return redacted }

// GoString redacts.
func (Secret) GoString() string { return redacted }

// LogValue redacts.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts, in JSON as elsewhere.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// checksum is the CRC-32 (IEEE) of a text in six base62 characters.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [checksumChars]byte
	for i := checksumChars - 1; i >= 0; i-- {
		digits[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// base62 writes a number in exactly n characters, padded with zeros. The number must fit.
func base62(number *big.Int, n int) string {
	digits, base, digit := make([]byte, n), big.NewInt(62), new(big.Int)
	for i := n - 1; i >= 0; i-- {
		number.DivMod(number, base, digit)
		digits[i] = alphabet[digit.Int64()]
	}
	return string(digits)
}

func isBase62(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
