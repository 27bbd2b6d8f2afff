// Command update is the Lambda behind PATCH /v1/arxes/{id}.
package main

import (
	"github.com/arxkeys/arxkeys/functions/arxes/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
)

func main() { change.Start(api.UpdateArx, arxes.Arx.Update) }
