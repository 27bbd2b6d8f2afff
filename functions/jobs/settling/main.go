// Command settling is the Lambda that marks the keys of deleted Arxes as deleted, on a schedule.
package main

import (
	"crypto/rand"

	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{arxes: arxstore.New(db), keys: keystore.New(db), random: rand.Reader}
	job.Start("jobs.settling", h.settle)
}
