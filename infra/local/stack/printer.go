package stack

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// printer writes complete lines, and redacts access keys: paths, errors and the output of functions may contain one.
type printer struct {
	mu    sync.Mutex
	to    io.Writer
	quiet bool // leave out functions' metrics, and their log lines of requests that did not fail
}

func (p *printer) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.to, accesskey.Redact(text))
}

// routine are parts of the log lines of package lambdahttp for requests without an internal error, of which the line of
// the request says the same, and of metrics.
var routine = []string{`"level":"INFO","msg":"request"`, `"level":"INFO","msg":"metrics"`}

// from writes a line that a function printed.
func (p *printer) from(function, text string) {
	if p.quiet && slices.ContainsFunc(routine, func(part string) bool { return strings.Contains(text, part) }) {
		return
	}
	p.line(fmt.Sprintf("         %s | %s", function, text))
}

// request writes the line of a request.
func (p *printer) request(method, path string, r *request, took time.Duration) {
	text := fmt.Sprintf("%s %-6s %s %d %s", time.Now().Format(time.TimeOnly), method, path, r.status, took.Round(100*time.Microsecond))
	if r.function != "" {
		warmth := "warm"
		if r.cold {
			warmth = "cold"
		}
		text += " " + r.function + " " + warmth
	}
	if r.err != nil {
		text += ": " + r.err.Error()
	}
	p.line(text)
}
