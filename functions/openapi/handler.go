package main

import (
	"context"
	_ "embed"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// The document is written when something of package api changes, not when it is asked for: what
// reflects types has no place in a function.
//
//go:generate go test . -run TestDocumentIsThatOfTheOperations -update
//go:embed openapi.json
var openapi []byte

// document answers with the document as it is.
func document(context.Context, auth.Principal, api.DocumentRequest) (api.Document, error) {
	return api.Document{RawMessage: openapi}, nil
}
