// Command update is the Lambda behind PATCH /v1/applications/{id}.
package main

import (
	"github.com/arxkeys/arxkeys/functions/applications/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
)

func main() { change.Start(api.UpdateApplication, applications.Application.Update) }
