// Command rollup is the Lambda that marks unused keys, once a day on a schedule.
package main

import (
	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	job.Start("jobs.rollup", handler(table.FromEnv()))
}
