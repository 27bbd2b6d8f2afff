package names

import "strings"

// Search is a text that somebody looks for. The zero Search finds everything.
type Search struct {
	folded string // in names
	exact  string // in ids, where upper case tells from lower case
}

// NewSearch returns the search for the text, without the white space around it.
func NewSearch(text string) Search {
	return Search{folded: Fold(text), exact: strings.TrimSpace(text)}
}

// Finds reports whether the text is in the name, as names are compared, or in one of the ids as it
// stands there.
func (s Search) Finds(name string, ids ...string) bool {
	if s.exact == "" {
		return true
	}
	for _, id := range ids {
		if strings.Contains(id, s.exact) {
			return true
		}
	}
	return strings.Contains(Fold(name), s.folded)
}
