// Command enable is the Lambda behind POST /v1/arxes/{id}/enable.
package main

import (
	"github.com/arxkeys/arxkeys/functions/arxes/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
)

func main() { change.Start(api.EnableArx, change.Do(arxes.Enable)) }
