package shell

import (
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// maxPlaces is how many places the palette offers while its field is empty.
const maxPlaces = 5

// titled remembers the page among the latest places. Only this program knows them: they end with it.
func (s *Shell) titled(ctx app.Context, a app.Action) {
	text, _ := a.Value.(string)
	here := ui.Link{Text: text, Href: ctx.Page().URL().Path, Icon: "overview"}
	for _, l := range s.Links {
		if l.Href != "/" && strings.HasPrefix(here.Href, l.Href) {
			here.Icon = l.Icon
		}
	}
	if !s.inside() || strings.HasSuffix(here.Href, "/new") || strings.HasSuffix(here.Href, "/edit") {
		return
	}
	s.places = slices.DeleteFunc(s.places, func(l ui.Link) bool { return l.Href == here.Href })
	s.places = slices.Insert(s.places, 0, here)
	s.places = s.places[:min(len(s.places), maxPlaces+1)]
}

// lastPlaces returns the latest places but the one that is shown.
func (s *Shell) lastPlaces() []ui.Link {
	var out []ui.Link
	for _, l := range s.places {
		if l.Href != s.path && len(out) < maxPlaces {
			out = append(out, l)
		}
	}
	return out
}

// copyID copies an id for the palette, whose own context ends when it closes.
func (s *Shell) copyID(id string) {
	ui.CopyText(s.ctx, id, func() { ui.Notify(s.ctx, ui.Toast{Text: id + " is copied."}) })
}
