// Command expiry is the Lambda that counts expired keys as expired, on a schedule.
package main

import (
	"github.com/arxkeys/arxkeys/shared/lambdajob"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	lambdajob.Start("jobs.expiry", keystore.New(table.FromEnv()).Sweep)
}
