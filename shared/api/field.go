package api

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/character"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Limits that several entities share, in runes unless the name says otherwise.
const (
	MaxNameRunes        = 150
	MaxDescriptionRunes = 500
	MaxOwnerRunes       = 150
	MaxURLRunes         = 300
)

// Prefixes of ids.
const (
	ApplicationPrefix   = "app_"
	ArxPrefix           = "arx_"
	KeyPrefix           = "key_"
	ManagementKeyPrefix = "mgk_"
	EventPrefix         = "evt_"
)

// IDChars is the number of base62 characters after an id's prefix.
const IDChars = 16

// ValidID reports whether the text has the form of an id with the prefix.
func ValidID(prefix, id string) bool {
	rest, ok := strings.CutPrefix(id, prefix)
	if !ok || len(rest) != IDChars {
		return false
	}
	for _, c := range []byte(rest) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// check collects the wrong fields of a request.
type check struct {
	fields  []problem.Field
	exposed []string // fields that contain a key; see checking
}

func (c *check) add(field, code, format string, args ...any) {
	if slices.Contains(c.exposed, field) {
		return
	}
	c.fields = append(c.fields, problem.Field{Field: field, Code: code, Detail: fmt.Sprintf(format, args...)})
}

// err returns a problem with all wrong fields, nil if there are none.
func (c *check) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return problem.Invalid(c.fields...)
}

// text requires valid, printable text of at most max runes. It may have several lines.
func (c *check) text(field, value string, max int) {
	switch {
	case !utf8.ValidString(value):
		c.add(field, "invalid", "must be UTF-8.")
	case utf8.RuneCountInString(value) > max:
		c.add(field, "too_long", "must have at most %d characters, not %d.", max, utf8.RuneCountInString(value))
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }):
		c.add(field, "invalid", "must not contain control characters.")
	case strings.ContainsFunc(value, misleads):
		c.add(field, "invalid", "must not contain characters that change the direction of text or break lines invisibly (U+202A to U+202E, U+2066 to U+2069, U+2028, U+2029). Retype it instead of pasting it.")
	}
}

// misleads reports whether the character can make text look different from what it is: it changes the
// direction of surrounding text, or is a line break that few programs show. The marks that right-to-left
// scripts need between words are allowed.
func misleads(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029'
}

// atMost requires at most max characters.
func (c *check) atMost(field, value string, max int) {
	if n := utf8.RuneCountInString(value); n > max {
		c.add(field, "too_long", "must have at most %d characters, not %d.", max, n)
	}
}

// line requires a single line of text, which may be empty. It rejects hidden characters and text of only
// white space.
func (c *check) line(field, value string, max int) {
	hidden, found := character.Hidden(value)
	switch {
	case strings.ContainsFunc(value, unicode.IsControl) && utf8.ValidString(value):
		c.add(field, "invalid", "must be one line without control characters.")
	case strings.ContainsFunc(value, character.Directs):
		c.add(field, "invalid", "must not contain characters that change the direction of text. Retype it instead of pasting it.")
	case found:
		c.add(field, "invalid", "must not contain invisible characters such as %U. Retype it instead of pasting it.", hidden)
	case value != "" && !strings.ContainsFunc(value, character.Visible):
		c.add(field, "invalid", "requires a visible character.")
	default:
		c.text(field, value, max)
	}
}

// name requires a line with a visible character.
func (c *check) name(field, value string) {
	if !strings.ContainsFunc(value, character.Visible) {
		c.add(field, "required", "give it a name of 1 to %d visible characters.", MaxNameRunes)
		return
	}
	c.line(field, value, MaxNameRunes)
}

// expiry requires a time that has a four-digit year in every time zone. The server checks that it is in the
// future.
func (c *check) expiry(field string, at *time.Time, without string) {
	if at != nil && at.Year() > 9998 {
		c.add(field, "invalid", "must be before the year 9999. Omit it for %s.", without)
	}
}

// patchedName requires a name that is omitted or not empty: a name cannot be removed.
func (c *check) patchedName(field string, name Patch[string]) {
	if !name.IsZero() {
		c.name(field, name.Apply(""))
	}
}

// id requires an id with the prefix. The noun is for the message: "an application".
func (c *check) id(field, value, prefix, noun string) {
	switch {
	case value == "":
		c.add(field, "required", "the id of %s, %s….", noun, prefix)
	case !ValidID(prefix, value):
		c.add(field, "invalid", "not the id of %s: that is %s and %d characters of 0-9, A-Z, a-z.", noun, prefix, IDChars)
	}
}

// oneOf requires one of the values. The caller checks for the empty value.
func oneOf[T ~string](c *check, field string, value T, allowed ...T) {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		if value == a {
			return
		}
		words[i] = string(a)
	}
	c.add(field, "invalid", "one of %s.", strings.Join(words, ", "))
}

// madeOf reports whether the text consists of 1 to most of the ASCII characters. It replaces a regular
// expression, because compiling one with a large count takes most of a function's initialization.
func madeOf(text, characters string, most int) bool {
	return 0 < len(text) && len(text) <= most && strings.Trim(text, characters) == ""
}

const (
	lower           = "abcdefghijklmnopqrstuvwxyz"
	lowerAndDigits  = lower + "0123456789"
	scopeCharacters = lowerAndDigits + ":._*-"
	maxScopeChars   = 64
)

// MaxScopes is the most scopes of a key or a request.
const MaxScopes = 50

func (c *check) scopes(field string, scopes []string) {
	if len(scopes) > MaxScopes {
		c.add(field, "too_many", "at most %d.", MaxScopes)
		return
	}
	seen := map[string]bool{}
	for i, s := range scopes {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case !madeOf(s, scopeCharacters, maxScopeChars):
			c.add(at, "invalid", "1 to 64 characters of a-z, 0-9 and :._*-, such as invoices:read.")
		case seen[s]:
			c.add(at, "duplicate", "%s is listed more than once.", s)
		}
		seen[s] = true
	}
}
