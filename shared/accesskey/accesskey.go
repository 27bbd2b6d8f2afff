// Package accesskey defines the format of access keys.
//
// The holder of an API key presents an access key:
//
//	arxk_prd_01J9Zk3V8QpTfW2x<43 characters of secret><6 characters of checksum>
//
// The environment is that of the key's Arx, the id identifies the API key, the secret is 256 random bits,
// and the checksum lets a mistyped key be refused without reading the database. A management key has the
// same format without an environment: arxm_<id><secret><checksum>. A double click selects either as a
// whole, and secret scanners find both with [Pattern].
package accesskey

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"hash/crc32"
	"io"
	"math/big"
	"slices"
	"strings"
)

// Pattern is a regular expression that finds access keys and management keys in text.
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

// alphabet is base62 in ASCII order, so that encoded numbers of equal length sort numerically.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Env is the environment in an access key: the short form of its Arx's purpose. It is empty for a
// management key.
type Env string

// Environments.
const (
	Development Env = "dev"
	Testing     Env = "tst"
	Staging     Env = "stg"
	Production  Env = "prd"
)

// ErrMalformed is returned by Parse for a text that is not an access key: the format or the checksum is
// wrong.
var ErrMalformed = errors.New("not an access key")

// Secret is an access key or a management key. It redacts itself wherever it is printed, logged or encoded;
// only [Secret.Reveal] returns the text.
type Secret struct {
	text *string // a pointer, because fmt prints unexported fields without calling String
	env  Env
}

// New returns a new access key of an API key. The id is the 16 base62 characters after key_; random is
// crypto/rand.Reader except in tests.
func New(env Env, id string, random io.Reader) (Secret, error) {
	return generate(keyPrefix+string(env)+"_", env, id, random)
}

// NewManagement returns a new management key. The id is the 16 base62 characters after mgk_.
func NewManagement(id string, random io.Reader) (Secret, error) {
	return generate(managementPrefix, "", id, random)
}

func generate(prefix string, env Env, id string, random io.Reader) (Secret, error) {
	if len(id) != idChars || !isBase62(id) {
		return Secret{}, errors.New("the id of an access key must have 16 base62 characters")
	}
	var bits [secretBytes]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return Secret{}, err
	}
	text := prefix + id + base62(new(big.Int).SetBytes(bits[:]), secretChars)
	return Parse(text + checksum(text)) // Parse refuses an unknown environment
}

// Parse parses an access key or a management key. It returns ErrMalformed for anything else. It does not
// check whether the key exists.
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

// Reveal returns the text of the key, or "" for the zero Secret. Each code path calls it once: to return a
// new key to its creator, or to present a key.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Env returns the environment in the key, empty for a management key.
func (s Secret) Env() Env { return s.env }

// IsManagement reports whether the key is a management key.
func (s Secret) IsManagement() bool { return s.text != nil && s.env == "" }

// ID returns the 16 characters of the key's id after key_ or mgk_. It panics for the zero Secret.
func (s Secret) ID() string {
	tail := len(*s.text) - tailChars
	return (*s.text)[tail : tail+idChars]
}

// LastFour returns the last four characters, which are part of [Hint]. It panics for the zero Secret.
func (s Secret) LastFour() string { return (*s.text)[len(*s.text)-4:] }

// Digest returns the SHA-256 of the key, which is what the store keeps. One round is enough, because 256
// random bits cannot be guessed.
func (s Secret) Digest() Digest { return sha256.Sum256([]byte(s.Reveal())) }

// Digest is the SHA-256 of a key's text.
type Digest [sha256.Size]byte

// Matches reports whether the digests are equal, in constant time.
func (d Digest) Matches(stored []byte) bool { return subtle.ConstantTimeCompare(d[:], stored) == 1 }

// Hint returns the part of an access key that may be shown permanently: its beginning and its last four
// characters.
func Hint(env Env, id, lastFour string) string {
	return keyPrefix + string(env) + "_" + id + "…" + lastFour
}

// IDInHint returns the id in a hint, or the beginning of the id in the beginning of a hint. ok is false for
// any other text.
func IDInHint(text string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(text, keyPrefix)
	env, id, found := strings.Cut(rest, "_")
	if !ok || !found || !slices.Contains([]Env{Development, Testing, Staging, Production}, Env(env)) {
		return "", false
	}
	id, _, _ = strings.Cut(id, "…")
	return id, true
}

// redacted replaces a key wherever it would be printed.
const redacted = "[access key]"

// String returns a placeholder.
func (Secret) String() string { return redacted }

// GoString returns a placeholder.
func (Secret) GoString() string { return redacted }

// MarshalText returns a placeholder, in JSON too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// checksum returns the CRC-32 (IEEE) of a text in six base62 characters.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [checksumChars]byte
	for i := checksumChars - 1; i >= 0; i-- {
		digits[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// base62 encodes a number in exactly n characters, padded with zeros. The number must fit.
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
