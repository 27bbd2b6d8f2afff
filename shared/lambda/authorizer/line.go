package authorizer

import (
	"context"
	"log/slog"
	"time"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// line is a request's log line. It contains the outcome and nothing that was sent.
type line struct {
	name      string
	requestID string
	start     time.Time
	end       time.Time // of the decision, before the response is sent
	answer    Answer
	cause     error // why no decision was possible
}

// report writes the line and counts the request. It writes what is due of the metrics.
func (l *line) report(ctx context.Context, o Options) {
	l.write(ctx, o.Log)
	switch {
	case l.answer.Code != "":
		o.Metrics.Verification(l.answer.Code, l.end.Sub(l.start))
	case problem.IsWrongTable(l.cause): // which is a failure of the store too
		o.Metrics.WrongTable()
	case problem.IsStore(l.cause):
		o.Metrics.StoreError()
	}
	o.Metrics.WriteDue(ctx)
}

func (l *line) write(ctx context.Context, log *slog.Logger) {
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("authorizer", l.name),
		slog.String("request_id", l.requestID),
		slog.Float64("duration_ms", float64(l.end.Sub(l.start).Microseconds())/1000),
	}
	if l.cause != nil {
		level = slog.LevelError
		attributes = append(attributes, slog.String("cause", l.cause.Error()))
	} else {
		attributes = append(attributes, slog.Bool("allowed", l.answer.Allow), slog.String("code", l.answer.Code))
	}
	if l.answer.KeyID != "" {
		attributes = append(attributes, slog.String("key", l.answer.KeyID), slog.String("tenant", l.answer.Tenant))
	}
	log.LogAttrs(ctx, level, "request", attributes...)
}
