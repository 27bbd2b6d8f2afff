package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Nothing is the request of an operation without parameters.
type Nothing struct{}

// Validate returns nil.
func (Nothing) Validate() error { return nil }

// Me is the caller of the operation.
type Me struct {
	Principal By              `json:"principal"`
	Tenant    string          `json:"tenant"`
	Role      Role            `json:"role"`
	Can       map[string]bool `json:"can"` // Whether the caller has each permission.
}

// GetMe returns the caller.
var GetMe = Operation[Nothing, Me]{
	Name: "me", Method: "GET", Path: "/v1/me", Permission: ReadSelf, Status: 200,
	Summary: "Get the caller and its permissions.",
}

// DocumentRequest requests a document, unless the caller has it.
type DocumentRequest struct {
	// The ETag of the caller's copy. If the document has not changed, the response is 304 without a body.
	IfNoneMatch string `header:"If-None-Match"`
}

// Validate returns problem.InvalidField with all wrong parameters.
func (r DocumentRequest) Validate() error {
	c := checking(r)
	c.atMost("If-None-Match", r.IfNoneMatch, MaxConditionRunes)
	return c.err()
}

// Document is JSON that is the same for every caller. The response consists of its bytes, unchanged.
type Document struct{ json.RawMessage }

// ETag returns a hash of the document.
func (d Document) ETag() string {
	sum := sha256.Sum256(d.RawMessage)
	return hex.EncodeToString(sum[:8])
}

// GetOpenAPI returns the OpenAPI document.
var GetOpenAPI = Operation[DocumentRequest, Document]{
	Name: "openapi", Method: "GET", Path: "/v1/openapi.json", Permission: Public, Status: 200,
	Summary: "Get this document.",
}
