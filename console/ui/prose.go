package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Prose turns a text into elements: what stands between backquotes is code. Two backquotes in a row
// are one, which is only a character: see Verbatim.
func Prose(text string) []app.UI {
	const literal = "\x00" // stands for a backquote while the others are looked for
	var body []app.UI
	for i, part := range strings.Split(strings.ReplaceAll(text, "``", literal), "`") {
		part = strings.ReplaceAll(part, literal, "`")
		switch {
		case part == "":
		case i%2 == 1:
			body = append(body, app.Code().Text(part))
		default:
			body = append(body, app.Text(part))
		}
	}
	return body
}

// Verbatim returns the text for a place in a Prose, which shows it as it is: a name that a person
// chose may have backquotes in it.
func Verbatim(text string) string { return strings.ReplaceAll(text, "`", "``") }

// maxWhole is how long a word with a hyphen may be that does not break: longer ones may not find the room.
const maxWhole = 20

// Whole is the text, where a short word does not break at its hyphen: eu-central-1.
func Whole(text string) []app.UI {
	var body []app.UI
	plain := ""
	for word := range strings.SplitAfterSeq(text, " ") {
		if !strings.Contains(word, "-") || len(word) > maxWhole {
			plain += word
			continue
		}
		if plain != "" {
			body, plain = append(body, app.Text(plain)), ""
		}
		bare := strings.TrimSuffix(word, " ")
		body, plain = append(body, app.Span().Class("nowrap").Text(bare)), word[len(bare):]
	}
	if plain != "" {
		body = append(body, app.Text(plain))
	}
	return body
}

// Sentence returns the text with a capital first letter.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
