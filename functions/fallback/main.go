// Command fallback is the Lambda behind every path below /v1/ that no operation has, and behind the
// operations' paths for all other methods.
package main

import "github.com/arxkeys/arxkeys/shared/lambda/http"

func main() { lambdahttp.StartFallback() }
