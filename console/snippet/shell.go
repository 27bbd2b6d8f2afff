// Package snippet quotes values for shell commands and .env files, so that what a person entered is never
// interpreted, whatever characters it contains.
package snippet

import "strings"

// Word returns the text as one word of a POSIX shell without any expansion: in single quotes, unless all
// characters are plain. It removes NUL characters, which no argument can contain.
func Word(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text != "" && !strings.ContainsFunc(text, special) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// special reports whether the character may have a special meaning in a shell.
func special(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(":/.-_%", r)
}

// Command returns a command of several lines: the first words on the first line, and each further group
// of words on its own line. It does not quote the words: see [Word].
func Command(lines ...[]string) string {
	joined := make([]string, len(lines))
	for i, words := range lines {
		joined[i] = strings.Join(words, " ")
	}
	return strings.Join(joined, " \\\n  ")
}
