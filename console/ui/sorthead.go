package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// sortHead is the head of a sortable column. The first click sorts in the column's own direction, the
// next one in the other.
type sortHead struct {
	app.Compo
	Column    Column
	Direction string // ascending, descending, or empty if the table is not sorted by this column
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
