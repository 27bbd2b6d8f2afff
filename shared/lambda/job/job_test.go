package job_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/job"
)

// run runs the job once with the time limit, and returns its log line.
func run(t *testing.T, limit time.Duration, do job.Job) (line map[string]any, err error) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	err = job.Handler("jobs.test", do, slog.New(slog.NewJSONHandler(&out, nil)), time.Now)(ctx, nil)
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
