// Command purge is the Lambda that removes what was deleted 90 days ago, on a schedule.
//
// It also reports the age of the edge's secret, because it is the job that runs once a day.
package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db, counts := table.FromEnv(), metrics.FromEnv()
	h := handler{keystore.New(db), arxstore.New(db), countstore.New(db)}
	job.StartCounting("jobs.purge", reportingAge(counts, h.purge), counts)
}

// reportingAge returns a job that reports the age of the edge's secret before it does the work.
func reportingAge(counts *metrics.Recorder, do job.Job) job.Job {
	return func(ctx context.Context, now time.Time) (int, error) {
		if days, ok := edge.SecretDays(now); ok {
			counts.EdgeSecret(days)
		}
		return do(ctx, now)
	}
}
