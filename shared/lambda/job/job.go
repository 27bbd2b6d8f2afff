// Package job serves scheduled work as a Lambda behind an EventBridge schedule.
package job

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// margin is how long before Lambda ends the invocation the work's context ends, so that it stops
// between two things and can say how far it came.
const margin = 2 * time.Second

// Job is what is done again and again. It returns how many things it did. It can be stopped at any
// point, and run again, and run beside itself: EventBridge promises to call it at least once.
type Job func(ctx context.Context, now time.Time) (done int, err error)

// Start serves the job and does not return. It is what the main of a function ends with.
func Start(name string, do Job) {
	lambda.Start(Handler(name, do, lambdalog.Stdout(), time.Now))
}

// Handler returns the Lambda handler of the job. It ignores the event, writes one log line, and
// fails where the job does, for which there is an alarm; Lambda runs it again then.
func Handler(name string, do Job, log *slog.Logger, now func() time.Time) func(context.Context, json.RawMessage) error {
	return func(ctx context.Context, _ json.RawMessage) error {
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
			defer cancel()
		}
		start := now()
		done, err := do(ctx, start)
		attributes := []slog.Attr{
			slog.String("job", name), slog.Int("done", done),
			slog.Float64("duration_ms", float64(now().Sub(start).Microseconds())/1000),
		}
		level := slog.LevelInfo
		switch {
		case err != nil && ctx.Err() != nil:
			// Time is up: the next run goes on where this one stopped.
			attributes = append(attributes, slog.Bool("unfinished", true), slog.String("cause", err.Error()))
			level, err = slog.LevelWarn, nil
		case err != nil:
			attributes = append(attributes, slog.String("cause", err.Error()))
			level = slog.LevelError
		}
		log.LogAttrs(context.WithoutCancel(ctx), level, "job", attributes...)
		return err
	}
}
