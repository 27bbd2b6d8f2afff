package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// sortHead is the head of a column that sorts: the first press sorts as the column wants it, the
// next one the other way.
type sortHead struct {
	app.Compo
	Column    Column
	Direction string // ascending, descending, or nothing where the table is sorted by another
	OnSort    func(by string)
}

// Render draws the button.
func (s *sortHead) Render() app.UI {
	icon := "sort"
	switch s.Direction {
	case "ascending":
		icon = "chevron-up"
	case "descending":
		icon = "chevron-down"
	}
	return app.Button().Type("button").Class("th-sort").OnClick(s.click).Body(app.Text(s.Column.Head), Icon(icon))
}

func (s *sortHead) click(app.Context, app.Event) {
	down := s.Column.Down
	if s.Direction != "" {
		down = s.Direction == "ascending"
	}
	if down {
		s.OnSort("-" + s.Column.Sort)
		return
	}
	s.OnSort(s.Column.Sort)
}
