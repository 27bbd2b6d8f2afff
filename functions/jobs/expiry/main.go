// Command expiry is the Lambda that counts expired keys as expired, on a schedule.
package main

import (
	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() { job.Start("jobs.expiry", handler(table.FromEnv())) }
