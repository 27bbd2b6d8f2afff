package listing

import (
	"strings"

	"github.com/arxkeys/arxkeys/console/ui"
)

// Redact returns the part of the text that may be searched for. If the text contains an access key or a
// management key, that is at most the key's id, and the notice says so; otherwise the notice is nil. Every
// [ui.Search] of the console uses it.
func Redact(text string) (safe string, notice *ui.Toast) {
	safe, held := redact(text)
	if held {
		notice = &ui.Toast{Text: "The access key was not searched for.", Detail: withoutKey(safe)}
	}
	return safe, notice
}

// withoutKey says what is searched for instead of an access key.
func withoutKey(id string) string {
	if id == "" {
		return "It was taken out of the field and sent nowhere."
	}
	return "Only its id is kept, " + id + ". The rest was sent nowhere."
}

// redact returns the part of the text that may be searched for, because searches appear in addresses and
// logs. If the text contains an access key or a management key, held is true, and safe is the key's id, or
// "" if the id can't be read.
//
// A mistyped or damaged key counts too, because it still reveals most of the secret. So a key is a mark
// followed, somewhere on the same line, by 17 consecutive characters of a key.
func redact(text string) (safe string, held bool) {
	for at := nextMark(text, 0); at >= 0; at = nextMark(text, at+1) {
		line, _, _ := strings.Cut(text[at:], "\n")
		end := endOfRun(line, markChars, 17)
		if end < 0 {
			continue
		}
		id := idIn(line[:end])
		switch {
		case id == "":
			return "", true
		case text[at+3] == 'm' || text[at+3] == 'M':
			return "mgk_" + id, true
		}
		return "key_" + id, true
	}
	return text, false
}

const markChars = len("arxk_")

// nextMark returns the index of the next arxk_ or arxm_, in any case, or -1.
func nextMark(text string, from int) int {
	for at := from; at+markChars <= len(text); at++ {
		if m := text[at : at+markChars]; strings.EqualFold(m, "arxk_") || strings.EqualFold(m, "arxm_") {
			return at
		}
	}
	return -1
}

// endOfRun returns the end of the first run of at least so many characters of a key, or -1.
func endOfRun(text string, from, least int) int {
	for from < len(text) {
		n := run(text[from:], func(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' })
		if n >= least {
			return from + n
		}
		from += n + 1
	}
	return -1
}

// idIn returns the 16 characters after a mark, or after a mark and an environment of up to 11 letters. It
// returns "" if there are none.
func idIn(text string) string {
	for at := nextMark(text, 0); at >= 0; at = nextMark(text, at+1) {
		rest := text[at+markChars:]
		if n := run(rest, isLetter); n >= 1 && n <= 11 && strings.HasPrefix(rest[n:], "_") && startsWithID(rest[n+1:]) {
			rest = rest[n+1:]
		}
		if startsWithID(rest) {
			return rest[:16]
		}
	}
	return ""
}

func startsWithID(text string) bool {
	return run(text, func(c byte) bool { return isLetter(c) || isDigit(c) }) >= 16
}

// run returns the number of leading characters of the kind.
func run(text string, kind func(byte) bool) int {
	for i := range len(text) {
		if !kind(text[i]) {
			return i
		}
	}
	return len(text)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
