// Package snippet writes values into texts that other programs read: commands of a shell and .env
// files. What a person entered is a value there and nothing else, whatever characters it has.
package snippet

import "strings"

// Word returns the text as one word of a POSIX shell, which expands nothing in it: in single quotes
// unless all its characters are plain. A NUL, which no argument can hold, is left out.
func Word(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text != "" && !strings.ContainsFunc(text, special) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// special reports whether a shell might take the character for more than itself.
func special(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(":/.-_%", r)
}

// Command returns the words as a command that spans several lines: the first words in the first line,
// and every further line of words in one of its own. The words are written as they are given: see
// Word.
func Command(lines ...[]string) string {
	joined := make([]string, len(lines))
	for i, words := range lines {
		joined[i] = strings.Join(words, " ")
	}
	return strings.Join(joined, " \\\n  ")
}
