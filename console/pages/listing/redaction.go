package listing

import (
	"strings"

	"github.com/arxkeys/arxkeys/console/ui"
)

// Redact returns what of the text may be searched for: all of it, but for an access key or a management
// key, of which it is the id at most. The notice says so where that is the case; else it is nil. Every
// [ui.Search] of the console redacts with it.
func Redact(text string) (safe string, notice *ui.Toast) {
	safe, held := redact(text)
	if held {
		notice = &ui.Toast{Text: "The access key was not searched for.", Detail: withoutKey(safe)}
	}
	return safe, notice
}

// withoutKey says what is searched for in the place of an access key.
func withoutKey(id string) string {
	if id == "" {
		return "It was taken out of the field and sent nowhere."
	}
	return "Only its id is kept, " + id + ". The rest was sent nowhere."
}

// redact returns what may be searched for, because a search stands in addresses and in logs. Of a
// text that holds an access key or a management key it is the id of that key alone, or nothing where
// the id cannot be read; held reports that.
//
// A key counts that was mistyped, or broken while it was copied: a secret with a wrong letter is
// still a secret. So it is a mark, with 17 characters of a key in a row somewhere behind it on the
// line.
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

// nextMark returns where the text has the next arxk_ or arxm_, in capitals or small letters; -1 for
// nowhere.
func nextMark(text string, from int) int {
	for at := from; at+markChars <= len(text); at++ {
		if m := text[at : at+markChars]; strings.EqualFold(m, "arxk_") || strings.EqualFold(m, "arxm_") {
			return at
		}
	}
	return -1
}

// endOfRun returns where the first run of at least so many characters of a key ends; -1 where there
// is none.
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

// idIn returns the 16 characters behind a mark, or behind a mark and an environment of up to 11
// letters; "" where there are none.
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

// run returns how many characters at the start are of the kind.
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
