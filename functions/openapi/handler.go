package main

import (
	"context"
	_ "embed"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// The document is generated when package api changes, not when it is requested, so that the function does
// not link code that reflects on types.
//
//go:generate go test . -run TestDocumentMatchesTheOperations -update
//go:embed openapi.json
var openapi []byte

// document returns the document unchanged.
func document(context.Context, auth.Principal, api.DocumentRequest) (api.Document, error) {
	return api.Document{RawMessage: openapi}, nil
}
