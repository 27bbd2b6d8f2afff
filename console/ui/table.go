package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Column is one of a table.
type Column struct {
	Head     string
	Wide     bool // only where there is room for it
	PhoneOff bool // not on the card that a row becomes on a phone
	NoWrap   bool
	Number   bool   // figures stand under each other
	Menu     bool   // the row's menu; its head is for screen readers
	Sort     string // what it sorts by, or nothing
	Down     bool   // it sorts backwards at first: the latest on top
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
	if c.Number {
		classes = append(classes, "t-num")
	}
	if c.Menu {
		classes = append(classes, "t-menu")
	}
	return classes
}

// Row is one of a table: a cell for each column.
type Row struct {
	Cells  [][]app.UI
	Active bool     // lit, whatever the pointer does
	Dim    bool     // what it shows is gone
	Folds  bool     // there is more of it, in a line of its own below
	Detail []app.UI // that more, while it is open
}

// Table shows rows. Up to 800 px a row becomes a card: the roles stay in the markup, because a grid
// drops the table's own. Its callback is a method of the page.
type Table struct {
	Name    string
	Columns []Column
	Rows    []Row
	Sort    string // what the rows are sorted by, with a minus where backwards
	OnSort  func(by string)
	Dense   bool // one line to a row
}

// UI draws the table.
func (t Table) UI() app.UI {
	heads := make([]app.UI, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = t.head(c)
	}
	lines := make([]app.UI, 0, len(t.Rows))
	for _, r := range t.Rows {
		lines = append(lines, row(t.Columns, r))
		if r.Folds { // there also while it is closed: rows keep their places, and buttons the focus
			lines = append(lines, app.Tr().Attr("role", "row").Class("detail").Hidden(len(r.Detail) == 0).Body(
				app.Td().Attr("role", "cell").ColSpan(len(t.Columns)).Body(r.Detail...)))
		}
	}
	table := app.Table().Class("table").Attr("role", "table").Aria("label", t.Name)
	if t.Dense {
		table.DataSet("dense", true)
	}
	return table.Body(
		app.THead().Attr("role", "rowgroup").Body(app.Tr().Attr("role", "row").Body(heads...)),
		app.TBody().Attr("role", "rowgroup").Body(lines...),
	)
}

func (t Table) head(c Column) app.UI {
	head := app.Th().Attr("role", "columnheader").Scope("col")
	if c.Wide {
		head.Class("col-wide")
	}
	switch {
	case c.Menu:
		return head.Class("t-menu").Body(app.Span().Class("sr").Text(c.Head))
	case c.Sort == "" || t.OnSort == nil:
		return head.Text(c.Head)
	}
	direction := ""
	switch t.Sort {
	case c.Sort:
		direction = "ascending"
	case "-" + c.Sort:
		direction = "descending"
	}
	if direction != "" {
		head.Aria("sort", direction)
	}
	return head.Body(&sortHead{Column: c, Direction: direction, OnSort: t.OnSort})
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
func Words(text string) app.UI { return app.Span().Class("t-text").Body(Breakable(text)...) }

// Breakable is the text, where an address of e-mail breaks before its host if it has to.
func Breakable(text string) []app.UI {
	name, host, address := strings.Cut(text, "@")
	if !address {
		return []app.UI{app.Text(text)}
	}
	return []app.UI{app.Text(name + "@"), app.Wbr(), app.Text(host)}
}

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
	return Table{Name: name, Columns: columns, Rows: bones}.UI()
}

func bone(width string) app.UI { return app.Span().Class("sk").DataSet("w", width) }
