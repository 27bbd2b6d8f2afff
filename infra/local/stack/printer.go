package stack

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// printer writes lines, each whole and without any access key: paths, errors and what functions print may hold one.
type printer struct {
	mu    sync.Mutex
	to    io.Writer
	quiet bool // functions' own lines about requests that did not fail are left out
}

func (p *printer) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.to, accesskey.Redact(text))
}

// routine is how the line of package lambdahttp begins to tell of a request that did not fail on our side. The line of
// the request says the same.
const routine = `"level":"INFO","msg":"request"`

// from writes what a function printed.
func (p *printer) from(function, text string) {
	if p.quiet && strings.Contains(text, routine) {
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
