// Package applications holds the console's pages of applications, and the words in which all pages
// speak of them.
package applications

import (
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TechnologyName returns the technology as a word.
func TechnologyName(t api.Technology) string { return ui.Sentence(string(t)) }
