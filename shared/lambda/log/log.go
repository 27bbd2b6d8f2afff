// Package lambdalog provides the logger of functions. It writes JSON lines from which access keys and
// management keys are redacted.
//
// Lambda passes such lines on unchanged if its own log format is JSON. It expects a line's level and time in
// the members level and timestamp
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
package lambdalog

import (
	"io"
	"log/slog"
	"os"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// New returns a logger that writes one JSON line per record.
func New(to io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(redacting{to}, &slog.HandlerOptions{ReplaceAttr: readable}))
}

// Stdout returns a logger to standard output, which Lambda sends to CloudWatch Logs.
func Stdout() *slog.Logger { return New(os.Stdout) }

// Redirect makes the loggers of the standard library write like Stdout, at level ERROR. Call it before
// lambda.Start, which writes the errors of invocations to them.
func Redirect() {
	slog.SetLogLoggerLevel(slog.LevelError)
	slog.SetDefault(Stdout())
}

// Fatal logs why the function cannot start, and ends the program.
func Fatal(message string, args ...any) {
	Stdout().Error(message, args...)
	os.Exit(1)
}

// redacting redacts whole lines. The handler writes each line with one call.
type redacting struct{ to io.Writer }

func (r redacting) Write(line []byte) (int, error) {
	if _, err := io.WriteString(r.to, accesskey.Redact(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}

// readable names the time as Lambda does, and converts bytes to a string: JSON would encode them in base64,
// in which a key could not be redacted.
func readable(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		a.Key = "timestamp"
	}
	if b, ok := a.Value.Any().([]byte); ok {
		a.Value = slog.StringValue(string(b))
	}
	return a
}
