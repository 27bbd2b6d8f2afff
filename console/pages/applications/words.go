// Package applications holds the console's pages of applications, and the words for them on all pages.
package applications

import (
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TechnologyName returns the word for a technology.
func TechnologyName(t api.Technology) string { return ui.Sentence(string(t)) }
