package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Prose turns a text into elements: what stands between backquotes is code.
func Prose(text string) []app.UI {
	var body []app.UI
	for i, part := range strings.Split(text, "`") {
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
