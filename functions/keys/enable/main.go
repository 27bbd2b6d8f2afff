// Command enable is the Lambda behind POST /v1/keys/{id}/enable.
package main

import (
	"github.com/arxkeys/arxkeys/functions/keys/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

func main() { change.Start(api.EnableKey, change.Do(keys.Enable)) }
