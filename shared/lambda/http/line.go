package lambdahttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// line is what the log tells of a request: who asked for what, and how it went. It holds nothing
// that was sent, neither values nor names that the caller chose.
type line struct {
	operation string
	requestID string
	start     time.Time
	end       time.Time // of the work for it; its answer is still to be sent
	principal auth.Principal
	status    int
	code      problem.Code // empty for a good answer
	cause     error        // why, in our own words; nil where there is nothing to add
	stack     string       // of a panic
}

// fail notes a refusal. What is our fault is told with everything that is known; of the caller's
// mistakes only the cause, since their details may repeat what was sent.
func (l *line) fail(p *problem.Problem, err error) {
	l.code = p.Code
	l.cause = errors.Unwrap(p)
	if p.Code.Status() >= http.StatusInternalServerError {
		l.cause = err
	}
}

func (l *line) write(ctx context.Context, log *slog.Logger) {
	level := slog.LevelInfo
	if l.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attributes := make([]slog.Attr, 0, 10)
	attributes = append(attributes,
		slog.String("operation", l.operation),
		slog.Int("status", l.status),
		slog.String("request_id", l.requestID),
		slog.Float64("duration_ms", float64(l.end.Sub(l.start).Microseconds())/1000),
	)
	if l.principal.ID != "" {
		attributes = append(attributes,
			slog.Group("principal", slog.String("kind", l.principal.Kind), slog.String("id", l.principal.ID)),
			slog.String("tenant", l.principal.Tenant),
		)
	}
	if l.code != "" {
		attributes = append(attributes, slog.String("code", string(l.code)))
	}
	if l.cause != nil {
		attributes = append(attributes, slog.String("cause", l.cause.Error()))
	}
	if l.stack != "" {
		attributes = append(attributes, slog.String("stack", l.stack))
	}
	log.LogAttrs(ctx, level, "request", attributes...)
}
