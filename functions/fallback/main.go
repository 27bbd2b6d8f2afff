// Command fallback is the Lambda behind every path below /v1/ that no operation has, and behind the paths of operations
// with every method that they do not have.
package main

import "github.com/arxkeys/arxkeys/shared/lambda/http"

func main() { lambdahttp.StartFallback() }
