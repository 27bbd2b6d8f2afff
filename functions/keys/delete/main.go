// Command delete is the Lambda behind DELETE /v1/keys/{id}.
package main

import (
	"github.com/arxkeys/arxkeys/functions/keys/internal/change"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
)

func main() { change.Start(api.DeleteKey, change.Do(keys.Delete)) }
