// Command purge is the Lambda that removes what was deleted 90 days ago, on a schedule.
package main

import (
	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	job.Start("jobs.purge", handler{keystore.New(db), arxstore.New(db), countstore.New(db)}.purge)
}
