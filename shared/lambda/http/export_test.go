package lambdahttp

import jsonv2 "github.com/go-json-experiment/json"

// Decode decodes a value with the options for request bodies.
func Decode(text []byte, into any) error { return jsonv2.Unmarshal(text, into, options) }
