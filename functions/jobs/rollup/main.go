// Command rollup is the Lambda that marks, once a day and on a schedule, the keys that nobody uses.
package main

import (
	"github.com/arxkeys/arxkeys/shared/lambda/job"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	job.Start("jobs.rollup", handler(table.FromEnv()))
}
