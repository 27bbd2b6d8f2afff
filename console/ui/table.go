package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Column is a column of a [Table].
type Column struct {
	Head     string
	Wide     bool // hidden on narrow screens
	PhoneOff bool // hidden on phones, where rows are cards
	NoWrap   bool
	Number   bool   // tabular figures, aligned right
	Menu     bool   // holds the row's menu; its head is for screen readers only
	Sort     string // value of the sort parameter, or empty if it does not sort
	Down     bool   // the first click sorts in descending order: latest first
	Class    string // of its head and cells, where CSS treats the column on its own or gives it a place on a short card
	Size     string // "name", "title", "address", "status", "count" or "time": how wide it is in a list; empty means its share of the rest
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
	if c.Class != "" {
		classes = append(classes, c.Class)
	}
	return classes
}

// Row is a row of a [Table], with a cell for each column.
type Row struct {
	Cells    [][]app.UI
	Active   bool     // highlighted, as if the pointer were on it
	Selected bool     // chosen, to do something with several rows
	Dim      bool     // dimmed, because what it shows is deleted or archived
	Folds    bool     // has a detail row below it
	Detail   []app.UI // content of the detail row while it is open

	bones bool // of a skeleton: it has no header, because it has no text
}

// Table draws rows; the first cell of each is its header. Up to 800 px, CSS turns each row into a card. The markup
// spells out the roles, because display: grid removes those of a table. Its callback is a method of the page.
type Table struct {
	Name      string
	Columns   []Column
	Rows      []Row
	Sort      string // value of the sort parameter; a leading minus means descending
	OnSort    func(by string)
	Dense     bool   // one line per row
	Phone     string // "short" or "mini": how CSS makes the cards short on phones, or empty
	Selecting bool   // phones show the boxes that select rows
	Quiet     bool   // a skeleton whose bones do not show yet
}

// With draws the table with the rows.
func (t Table) With(rows []Row) app.UI {
	t.Rows = rows
	return t.UI()
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
		if r.Folds { // drawn even while closed, so that rows keep their positions and buttons the focus
			lines = append(lines, app.Tr().Attr("role", "row").Class("detail").Hidden(len(r.Detail) == 0).Body(
				app.Td().Attr("role", "cell").ColSpan(len(t.Columns)).Body(r.Detail...)))
		}
	}
	table := app.Table().Class("table").Attr("role", "table").Aria("label", t.Name)
	if t.Dense {
		table.DataSet("dense", true)
	}
	if t.Phone != "" {
		table.DataSet(t.Phone, true)
	}
	if t.Quiet {
		table.DataSet("quiet", true)
	}
	if t.Selecting {
		table.DataSet("selecting", true)
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
	if c.Number {
		head.Class("t-num")
	}
	if c.Class != "" {
		head.Class(c.Class)
	}
	if c.Size != "" {
		head.DataSet("size", c.Size)
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
		cell := app.Td()
		switch {
		case i == 0 && !r.bones:
			cell.Attr("role", "rowheader")
		case i == 0, c.Menu:
			cell.Attr("role", "cell")
		default:
			cell.Attr("role", "cell").DataSet("label", c.Head)
		}
		cells[i] = cell.Class(c.classes()...).Body(r.Cells[i]...)
	}
	line := app.Tr().Attr("role", "row")
	if r.Active {
		line.DataSet("active", true)
	}
	if r.Selected {
		line.DataSet("selected", true)
	}
	if r.Dim {
		line.DataSet("dim", true)
	}
	return line.Body(cells...)
}

// Words draws text that a person has written, for a cell: long words break.
func Words(text string) app.UI { return app.Span().Class("t-text").Body(Breakable(text)...) }

// OneLine draws a text, such as an address, on one line. Where it has no room, it ends in dots, and is whole on hover.
func OneLine(text string) app.UI { return app.Span().Class("one-line").Title(text).Text(text) }

// Breakable returns the text with a line-break opportunity before the host of an email address.
func Breakable(text string) []app.UI {
	name, host, address := strings.Cut(text, "@")
	if !address {
		return []app.UI{app.Text(text)}
	}
	return []app.UI{app.Text(name + "@"), app.Wbr(), app.Text(host)}
}

// Skeleton draws the table while it is loading. Its rows are as high as real ones, so that nothing jumps. Until
// loading is slow, its bones do not show.
func Skeleton(t Table, rows int, slow bool) app.UI {
	t.Quiet = !slow
	bones := make([]Row, rows)
	for i := range bones {
		cells := make([][]app.UI, len(t.Columns))
		for j, c := range t.Columns {
			switch {
			case c.Menu:
			case j == 0:
				cells[j] = []app.UI{bone([]string{"9", "7", "5"}[i%3]), bone("9")}
			default:
				cells[j] = []app.UI{bone([]string{"4", "5", "3"}[(i+j)%3])}
			}
		}
		bones[i] = Row{Cells: cells, bones: true}
	}
	return Slot(t.With(bones)) // not of the kind that comes, so that its bones end with it
}

func bone(width string) app.HTMLSpan { return app.Span().Class("sk").DataSet("w", width) }
