// Command disable is the Lambda behind POST /v1/arxes/{id}/disable.
package main

import (
	"github.com/arxkeys/arxkeys/functions/arxes/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
)

func main() { change.Start(api.DisableArx, change.Do(arxes.Disable)) }
