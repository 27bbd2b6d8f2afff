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

// Sentence returns the text with a capital first letter.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
