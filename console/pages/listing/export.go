package listing

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Export writes everything that a list's filters match to a CSV file, page by page, in a dialog that shows the
// progress. The zero value is ready to use. The page draws UI.
type Export struct {
	open   bool
	count  int // rows read so far
	failed string
	stop   func()
}

const exportDialog = "export"

// Start reads all pages and saves the file. Read returns the rows of the page at the cursor, which is empty for
// the first, and the cursor of the next page. The context is the page's.
func (e *Export) Start(ctx app.Context, name string, head []string, read func(ctx context.Context, cursor string) (rows [][]string, next *string, err error)) {
	if e.open {
		return
	}
	*e = Export{open: true}
	ui.OpenDialog(ctx, exportDialog, exportDialog+"-cancel")
	var text strings.Builder
	text.WriteString(CSV(head))
	e.stop = EachPage(ctx, read, func(rows [][]string, last bool, err error) {
		for _, row := range rows {
			text.WriteString(CSV(row))
		}
		e.count += len(rows)
		switch {
		case err != nil:
			e.failed = problem.Of(err).Detail
		case last:
			e.close()
			ui.Download(name, "text/csv;charset=utf-8", text.String())
			ui.Notify(ctx, ui.Toast{Text: ui.Counted(e.count, "row", "rows") + " exported.", Detail: "The file is " + name + "."})
		}
	})
}

// EachPage reads all pages of a list, one after the other, and hands over each of them: what read returned, and
// whether it is the last, because there are no more or because it could not be read. Read gets the cursor of the page,
// which is empty for the first, and returns the next one. The context is the page's. Nothing is handed over after stop.
func EachPage[T any](ctx app.Context, read func(ctx context.Context, cursor string) (T, *string, error), got func(page T, last bool, err error)) (stop func()) {
	work, stop := context.WithCancel(ctx)
	ctx.Async(func() {
		for cursor := ""; work.Err() == nil; {
			page, next, err := read(work, cursor)
			last := err != nil || next == nil
			ctx.Dispatch(func(app.Context) {
				if work.Err() == nil {
					got(page, last, err)
				}
			})
			if last {
				return
			}
			cursor = *next
		}
	})
	return stop
}

func (e *Export) close() {
	e.stop()
	e.open = false
	ui.CloseDialog(exportDialog)
}

// UI draws the dialog, or nothing.
func (e *Export) UI() app.UI {
	if !e.open {
		return nil
	}
	text, leave := ui.Counted(e.count, "row", "rows")+" read so far.", "Cancel"
	if e.failed != "" {
		text, leave = "Nothing was saved. "+e.failed, "Close"
	}
	return ui.Dialog{
		ID: exportDialog, Title: "Export CSV", Lead: []app.UI{app.Text("Everything that the filters match is read, page by page. Then the browser saves the file.")},
		Body: []app.UI{app.P().Attr("role", "status").Text(text)},
		Foot: []app.UI{&ui.Button{ID: exportDialog + "-cancel", Label: leave, OnClick: e.close}}, OnCancel: e.close,
	}.UI()
}

// CSV returns a line of a CSV file (RFC 4180). A field that a spreadsheet would run as a formula begins with an
// apostrophe, so that it is shown as text.
func CSV(fields []string) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		if f != "" && strings.ContainsRune("=+-@\t\r\n", rune(f[0])) || strings.HasPrefix(f, "＝") || strings.HasPrefix(f, "＋") || strings.HasPrefix(f, "－") || strings.HasPrefix(f, "＠") {
			f = "'" + f
		}
		quoted[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ",") + "\r\n"
}
