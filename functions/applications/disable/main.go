// Command disable is the Lambda behind POST /v1/applications/{id}/disable.
package main

import (
	"github.com/arxkeys/arxkeys/functions/applications/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
)

func main() { change.Start(api.DisableApplication, change.Do(applications.Disable)) }
