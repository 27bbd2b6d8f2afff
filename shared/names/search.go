package names

import "strings"

// Search is a search text. The zero Search matches everything.
type Search struct {
	folded string // for names
	exact  string // for ids, which are case-sensitive
}

// NewSearch returns a search for the trimmed text.
func NewSearch(text string) Search {
	return Search{folded: Fold(text), exact: strings.TrimSpace(text)}
}

// Finds reports whether the folded name contains the folded text, or one of the ids contains the text
// exactly.
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
