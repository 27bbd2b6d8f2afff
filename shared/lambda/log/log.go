// Package lambdalog makes the logger of functions: lines of JSON that hold no access key and no
// management key, whoever logs them.
package lambdalog

import (
	"io"
	"log/slog"
	"os"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// New returns a logger that writes JSON, a line per record.
func New(to io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(redacting{to}, &slog.HandlerOptions{ReplaceAttr: readable}))
}

// Stdout returns a logger on standard output, from where Lambda takes the lines.
func Stdout() *slog.Logger { return New(os.Stdout) }

// redacting redacts whole lines. The handler writes each with one call.
type redacting struct{ to io.Writer }

func (r redacting) Write(line []byte) (int, error) {
	if _, err := io.WriteString(r.to, accesskey.Redact(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}

// readable makes bytes a string: JSON has them in base64, in which nothing can be found.
func readable(_ []string, a slog.Attr) slog.Attr {
	if b, ok := a.Value.Any().([]byte); ok {
		a.Value = slog.StringValue(string(b))
	}
	return a
}
