package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Column is one of a table.
type Column struct {
	Head     string
	Wide     bool // only where there is room for it
	PhoneOff bool // not on the card that a row becomes on a phone
	NoWrap   bool
	Menu     bool // the row's menu; its head is for screen readers
}

func (c Column) classes() []string {
	var classes []string
	if c.Wide {
		classes = append(classes, "col-wide")
	}
	if c.PhoneOff {
		classes = append(classes, "col-phone-off")
	}
	if c.NoWrap {
		classes = append(classes, "nowrap")
	}
	if c.Menu {
		classes = append(classes, "t-menu")
	}
	return classes
}

// Row is one of a table: a cell for each column.
type Row struct {
	Cells  [][]app.UI
	Active bool // lit, whatever the pointer does
	Dim    bool // what it shows is gone
}

// Table shows rows. Under 720 px a row becomes a card: the roles stay in the markup, because a grid
// drops the table's own.
func Table(name string, columns []Column, rows []Row) app.UI {
	heads := make([]app.UI, len(columns))
	for i, c := range columns {
		head := app.Th().Attr("role", "columnheader").Scope("col")
		switch {
		case c.Menu:
			head.Class("t-menu").Body(app.Span().Class("sr").Text(c.Head))
		case c.Wide:
			head.Class("col-wide").Text(c.Head)
		default:
			head.Text(c.Head)
		}
		heads[i] = head
	}
	lines := make([]app.UI, len(rows))
	for i, r := range rows {
		lines[i] = row(columns, r)
	}
	return app.Table().Class("table").Attr("role", "table").Aria("label", name).Body(
		app.THead().Attr("role", "rowgroup").Body(app.Tr().Attr("role", "row").Body(heads...)),
		app.TBody().Attr("role", "rowgroup").Body(lines...),
	)
}

func row(columns []Column, r Row) app.UI {
	cells := make([]app.UI, len(columns))
	for i, c := range columns {
		cell := app.Td().Attr("role", "cell")
		if i > 0 && !c.Menu {
			cell.DataSet("label", c.Head)
		}
		cells[i] = cell.Class(c.classes()...).Body(r.Cells[i]...)
	}
	line := app.Tr().Attr("role", "row")
	if r.Active {
		line.DataSet("active", true)
	}
	if r.Dim {
		line.DataSet("dim", true)
	}
	return line.Body(cells...)
}

// Words is what a person has written, in a cell: a word that is too long for it breaks.
func Words(text string) app.UI { return app.Span().Class("t-text").Text(text) }

// Skeleton is a table that is being read: rows as high as the real ones, so that nothing jumps.
func Skeleton(name string, columns []Column, rows int) app.UI {
	bones := make([]Row, rows)
	for i := range bones {
		cells := make([][]app.UI, len(columns))
		for j, c := range columns {
			switch {
			case c.Menu:
			case j == 0:
				cells[j] = []app.UI{bone([]string{"9", "7", "5"}[i%3]), bone("9")}
			default:
				cells[j] = []app.UI{bone([]string{"4", "5", "3"}[(i+j)%3])}
			}
		}
		bones[i] = Row{Cells: cells}
	}
	return Table(name, columns, bones)
}

func bone(width string) app.UI { return app.Span().Class("sk").DataSet("w", width) }
