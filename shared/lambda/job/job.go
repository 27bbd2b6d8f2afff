// Package job serves scheduled work as a Lambda function behind an EventBridge schedule.
package job

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// margin is how long before Lambda's deadline the job's context ends, so that it can stop between two items
// and report its progress.
const margin = 2 * time.Second

// Job is work that runs repeatedly. It returns the number of items done. It must be safe to stop at any
// point, to repeat, and to run concurrently with itself: EventBridge delivers at least once.
type Job func(ctx context.Context, now time.Time) (done int, err error)

// Start serves the job and does not return. A function's main calls it last.
func Start(name string, do Job) {
	StartCounting(name, do, metrics.FromEnv())
}

// StartCounting is Start for a job that counts more than its items. Each run ends with writing the counts.
func StartCounting(name string, do Job, counts *metrics.Recorder) {
	lambdalog.Redirect()
	lambda.Start(Handler(name, do, lambdalog.Stdout(), counts, time.Now))
}

// Handler returns the Lambda handler of the job. It ignores the event, writes one log line and counts the
// run. It returns the job's error, for which Lambda retries; the third failure raises an alarm.
func Handler(name string, do Job, log *slog.Logger, counts *metrics.Recorder, now func() time.Time) func(context.Context, json.RawMessage) error {
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
		level, unfinished := slog.LevelInfo, err != nil && ctx.Err() != nil
		switch {
		case unfinished:
			// Time is up. This is not an error: the next run continues from here.
			attributes = append(attributes, slog.Bool("unfinished", true), slog.String("cause", err.Error()))
			level, err = slog.LevelWarn, nil
		case err != nil:
			attributes = append(attributes, slog.String("cause", err.Error()))
			level = slog.LevelError
		}
		rest := context.WithoutCancel(ctx)
		log.LogAttrs(rest, level, "job", attributes...)
		counts.Job(done, err != nil, unfinished)
		if problem.IsWrongTable(err) {
			counts.WrongTable()
		}
		counts.Write(rest)
		return err
	}
}
