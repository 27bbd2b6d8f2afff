package listing

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Export writes everything that a list's filters match to a CSV file, page by page, in a dialog that shows the
// progress. The zero value is ready to use. The page draws UI.
type Export struct {
	ctx     app.Context
	open    bool
	count   int // rows read so far
	failed  string
	stopped *atomic.Bool
}

const exportDialog = "export"

// Start reads all pages and saves the file. Read returns the rows of the page at the cursor, which is empty for
// the first, and the cursor of the next page. The context is the page's.
func (e *Export) Start(ctx app.Context, name string, head []string, read func(ctx context.Context, cursor string) (rows [][]string, next *string, err error)) {
	if e.open {
		return
	}
	stopped := &atomic.Bool{}
	*e = Export{ctx: ctx, open: true, stopped: stopped}
	ui.OpenDialog(ctx, exportDialog, exportDialog+"-cancel")
	ctx.Async(func() {
		var text strings.Builder
		text.WriteString(CSV(head))
		for cursor := ""; !stopped.Load(); {
			rows, next, err := read(ctx, cursor)
			if err != nil {
				ctx.Dispatch(func(app.Context) { e.failed = problem.Of(err).Detail })
				return
			}
			for _, row := range rows {
				text.WriteString(CSV(row))
			}
			ctx.Dispatch(func(app.Context) { e.count += len(rows) })
			if next == nil {
				ctx.Dispatch(func(app.Context) {
					if stopped.Load() {
						return
					}
					e.close()
					ui.Download(name, "text/csv;charset=utf-8", text.String())
					ui.Notify(ctx, ui.Toast{Text: ui.Counted(e.count, "row", "rows") + " exported.", Detail: "The file is " + name + "."})
				})
				return
			}
			cursor = *next
		}
	})
}

func (e *Export) close() {
	e.stopped.Store(true)
	e.open = false
	ui.CloseDialog(exportDialog)
}

// UI draws the dialog, or nothing.
func (e *Export) UI() app.UI {
	if !e.open {
		return nil
	}
	text := ui.Counted(e.count, "row", "rows") + " read so far."
	if e.failed != "" {
		text = "Nothing was saved. " + e.failed
	}
	return ui.Dialog{
		ID: exportDialog, Title: "Export CSV", Lead: []app.UI{app.Text("Everything that the filters match is read, page by page. Then the browser saves the file.")},
		Body: []app.UI{app.P().Attr("role", "status").Text(text)},
		Foot: []app.UI{&ui.Button{ID: exportDialog + "-cancel", Label: "Cancel", OnClick: e.close}}, OnCancel: e.close,
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
