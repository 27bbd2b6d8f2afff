package job_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// run runs the job once with the time limit, and returns its log line.
func run(t *testing.T, limit time.Duration, do job.Job) (line map[string]any, err error) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	err = job.Handler("jobs.test", do, slog.New(slog.NewJSONHandler(&out, nil)), nil, time.Now)(ctx, nil)
	if json.Unmarshal(out.Bytes(), &line) != nil {
		t.Fatalf("the log is %q", out.String())
	}
	return line, err
}

func TestJobLogsHowMuchItDid(t *testing.T) {
	line, err := run(t, time.Minute, func(context.Context, time.Time) (int, error) { return 7, nil })
	if err != nil || line["job"] != "jobs.test" || line["done"] != 7.0 || line["level"] != "INFO" || line["cause"] != nil {
		t.Errorf("%v, %v", line, err)
	}
}

func TestFailedJobIsAFailedInvocation(t *testing.T) {
	broken := errors.New("broken")
	line, err := run(t, time.Minute, func(context.Context, time.Time) (int, error) { return 7, broken })
	if !errors.Is(err, broken) || line["done"] != 7.0 || line["level"] != "ERROR" || line["cause"] != "broken" {
		t.Errorf("%v, %v", line, err)
	}
}

func TestJobOutOfTimeContinuesInTheNextRun(t *testing.T) {
	line, err := run(t, time.Second, func(ctx context.Context, _ time.Time) (int, error) {
		<-ctx.Done() // it is over two seconds before Lambda's deadline, which is at once
		return 7, ctx.Err()
	})
	if err != nil || line["unfinished"] != true || line["level"] != "WARN" || line["done"] != 7.0 {
		t.Errorf("%v, %v", line, err)
	}
}

func TestRunIsCounted(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit time.Duration
		do    job.Job
		want  map[string]any // nil: no line
	}{
		{"done", time.Minute, func(context.Context, time.Time) (int, error) { return 7, nil }, map[string]any{"JobItems": 7.0}},
		{"nothing to do", time.Minute, func(context.Context, time.Time) (int, error) { return 0, nil }, nil},
		{"failed", time.Minute, func(context.Context, time.Time) (int, error) { return 0, errors.New("broken") }, map[string]any{"JobFailures": 1.0}},
		{"refused", time.Minute, func(context.Context, time.Time) (int, error) {
			return 0, problem.WrongTable(problem.TableRestored, errors.New("restored"))
		}, map[string]any{"JobFailures": 1.0, "WrongTable": 1.0}},
		{"unfinished", time.Second, func(ctx context.Context, _ time.Time) (int, error) {
			<-ctx.Done()
			return 3, ctx.Err()
		}, map[string]any{"JobItems": 3.0, "JobsUnfinished": 1.0}},
	} {
		var out bytes.Buffer
		counts := metrics.New("arxkeys", "jobs", slog.New(slog.NewJSONHandler(&out, nil)), time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), c.limit)
		_ = job.Handler("jobs.test", c.do, slog.New(slog.DiscardHandler), counts, time.Now)(ctx, nil)
		cancel()
		var line map[string]any
		if c.want != nil && json.Unmarshal(out.Bytes(), &line) != nil {
			t.Errorf("%s: %q", c.name, out.String())
		}
		for _, name := range []string{"_aws", "time", "level", "msg", "Stack", "Function"} {
			delete(line, name)
		}
		if diff := cmp.Diff(c.want, line); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", c.name, diff)
		}
	}
}
