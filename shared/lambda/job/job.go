// Package job serves scheduled work as a Lambda function behind an EventBridge schedule.
package job

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// margin is how long before Lambda's deadline the job's context ends, so that it can stop between two items
// and report its progress.
const margin = 2 * time.Second

// Job is work that runs repeatedly. It returns the number of items done. It must be safe to stop at any
// point, to repeat, and to run concurrently with itself: EventBridge delivers at least once.
type Job func(ctx context.Context, now time.Time) (done int, err error)

// Start serves the job and does not return. A function's main calls it last.
func Start(name string, do Job) {
	lambda.Start(Handler(name, do, lambdalog.Stdout(), time.Now))
}

// Handler returns the Lambda handler of the job. It ignores the event and writes one log line. It returns
// the job's error, which raises an alarm, and for which Lambda retries.
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
			// Time is up. This is not an error: the next run continues from here.
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
