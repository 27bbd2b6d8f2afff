// Command update is the Lambda behind PATCH /v1/keys/{id}.
package main

import (
	"github.com/arxkeys/arxkeys/functions/keys/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

func main() { change.Start(api.UpdateKey, keys.Key.Update) }
