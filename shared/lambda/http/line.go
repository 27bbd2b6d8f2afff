package lambdahttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// line is a request's log line: who called what, and the result. It contains nothing that was sent, neither
// values nor names that the caller chose.
type line struct {
	operation string
	requestID string
	start     time.Time
	end       time.Time // of the work, before the response is sent
	client    string    // address, for the principal; not logged
	principal auth.Principal
	status    int
	verdict   api.Code     // of a verification
	code      problem.Code // empty for success
	presented bool         // the caller sent a well-formed credential; set for a refusal
	store     bool         // the data store failed
	wrong     bool         // the table must not be used
	gateway   bool         // the caller of a check made a mistake, which is a 500 but no error of this function
	cause     error        // reason, without input; nil if there is nothing to add
	stack     string       // of a panic
	due       bool         // the principal's management key is to be replaced
}

// fail records a refusal. For a server error it logs the whole error; for a caller's mistake only the
// cause, because problem details may repeat input.
func (l *line) fail(p *problem.Problem, err error) {
	l.code = p.Code
	l.cause = errors.Unwrap(p)
	if p.Code.Status() >= http.StatusInternalServerError {
		l.cause, l.store, l.wrong = err, problem.IsStore(err), problem.IsWrongTable(err)
	}
}

// report writes the line and counts the request. It writes what is due of the metrics.
func (l *line) report(ctx context.Context, o Options) {
	l.due = l.principal.IsDue(l.end)
	l.write(ctx, o.Log)
	switch {
	case l.verdict != "":
		o.Metrics.Verification(string(l.verdict), l.end.Sub(l.start))
	case (l.code == problem.Unauthenticated || l.code == problem.Code(api.CheckGatewayCredential)) && l.presented:
		o.Metrics.RefusedCredential()
	case l.wrong: // which is a failure of the store too
		o.Metrics.WrongTable()
	case l.store:
		o.Metrics.StoreError()
	}
	if l.due {
		o.Metrics.ManagementKeyDue()
	}
	o.Metrics.WriteDue(ctx)
}

func (l *line) write(ctx context.Context, log *slog.Logger) {
	level := slog.LevelInfo
	if l.status >= http.StatusInternalServerError && !l.gateway {
		level = slog.LevelError
	}
	attributes := make([]slog.Attr, 0, 11)
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
	if l.due {
		attributes = append(attributes, slog.Time("management_key_expires_at", l.principal.ExpiresAt.UTC()))
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
