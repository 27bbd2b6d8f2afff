package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestOnlyTheSortedHeadSaysSo(t *testing.T) {
	table := func(by string) string {
		return app.HTMLString(Table{Columns: []Column{{Head: "Word", Sort: "name"}, {Head: "Made", Sort: "created_at", Down: true}}, Sort: by, OnSort: func(string) {}}.UI())
	}
	for by, want := range map[string]string{"name": "ascending", "-created_at": "descending", "status": ""} {
		html := table(by)
		if n := strings.Count(html, "aria-sort"); n > 1 || (n == 1) != (want != "") || !strings.Contains(html, want) {
			t.Errorf("sorted by %q: %d heads say so", by, n)
		}
	}
}

func TestHeadSortsAsItsColumnWantsAndThenTheOtherWay(t *testing.T) {
	for _, row := range []struct {
		down            bool
		direction, want string
	}{
		{false, "", "x"}, {true, "", "-x"}, {true, "descending", "x"}, {true, "ascending", "-x"}, {false, "ascending", "-x"},
	} {
		var got string
		head := sortHead{Column: Column{Sort: "x", Down: row.down}, Direction: row.direction, OnSort: func(by string) { got = by }}
		head.click(nil, app.Event{})
		if got != row.want {
			t.Errorf("%+v sorts by %q", row, got)
		}
	}
}
