package ui

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// MenuMoves moves the focus among the entries of a menu. The zero value is ready to use.
type MenuMoves struct {
	typed string // the beginning of an entry
	at    time.Time
}

// typing is how long a letter waits for the next one of the same word.
const typing = time.Second

// Move moves the focus among the elements that the CSS selector matches: ArrowDown and ArrowUp to the next and the
// previous one, in a circle, Home and End to the first and the last, letters to the next one that begins with them. It
// reports whether the key is one of these.
func (m *MenuMoves) Move(selector string, e app.Event) bool {
	key := e.Get("key").String()
	entries := app.Window().Get("document").Call("querySelectorAll", selector)
	n, at := entries.Length(), -1
	if n == 0 || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || e.Get("altKey").Bool() {
		return false
	}
	active := app.Window().Get("document").Get("activeElement")
	for i := range n {
		if entries.Index(i).Equal(active) {
			at = i
		}
	}
	switch key {
	case "ArrowDown":
		at = (at + 1) % n
	case "ArrowUp":
		at = (max(at, 0) + n - 1) % n
	case "Home":
		at = 0
	case "End":
		at = n - 1
	default:
		if len(key) > 1 || key == " " { // a key with a name, or the one that presses the entry
			return false
		}
		at = m.find(entries, max(at, 0), strings.ToLower(key))
	}
	FocusElement(entries.Index(at))
	return true
}

// find returns the entry that begins with what was typed, or at. A word is searched for from where the focus is, its
// first letter behind it, so that the same letter again leads to the next one.
func (m *MenuMoves) find(entries app.Value, at int, letter string) int {
	now := time.Now()
	word := m.typed + letter
	if now.Sub(m.at) > typing {
		word = letter
	}
	for m.at = now; ; word = letter {
		m.typed = word
		for i := range entries.Length() {
			if word == letter {
				i++
			}
			i = (at + i) % entries.Length()
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(entries.Index(i).Get("textContent").String())), word) {
				return i
			}
		}
		if word == letter {
			return at
		}
	}
}
