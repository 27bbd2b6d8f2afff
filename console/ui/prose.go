package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Prose turns a text into elements. Times become those of [InText]. Text between backquotes becomes code; two backquotes in a row are a
// literal one (see [Verbatim]).
func Prose(text string) []app.UI {
	const literal = "\x00" // stands for a literal backquote while the text is split
	var body []app.UI
	for i, part := range strings.Split(strings.ReplaceAll(text, "``", literal), "`") {
		part = strings.ReplaceAll(part, literal, "`")
		switch {
		case part == "":
		case i%2 == 1:
			body = append(body, app.Code().Text(part))
		default:
			body = append(body, Timed(part)...)
		}
	}
	return body
}

// Verbatim escapes a text for [Prose]: a name that a person chose may contain backquotes.
func Verbatim(text string) string { return strings.ReplaceAll(text, "`", "``") }

// maxWhole is the maximum number of bytes of a hyphenated word that is kept whole. A longer one might not fit a line.
const maxWhole = 20

// Whole returns the text without line breaks inside short hyphenated words, such as eu-central-1.
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

// Sentence returns the text with its first letter in upper case.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
