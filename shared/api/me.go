package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Nothing is the request of an operation that takes none.
type Nothing struct{}

// Validate accepts.
func (Nothing) Validate() error { return nil }

// Me is who is calling.
type Me struct {
	Principal By              `json:"principal"`
	Tenant    string          `json:"tenant"`
	Role      Role            `json:"role"`
	Can       map[string]bool `json:"can"` // by permission
}

// GetMe tells who is calling.
var GetMe = Operation[Nothing, Me]{
	Name: "me", Method: "GET", Path: "/v1/me", Permission: ReadSelf, Status: 200,
	Summary: "Tell who is calling, and what they may do.",
}

// DocumentRequest asks for a document, unless the caller has it.
type DocumentRequest struct {
	IfNoneMatch string `header:"If-None-Match"` // the ETag of the document that the caller has: where it is the same, the answer is 304 without a body
}

// Validate answers what is wrong with the parameters.
func (r DocumentRequest) Validate() error {
	c := checking(r)
	c.atMost("If-None-Match", r.IfNoneMatch, MaxConditionRunes)
	return c.err()
}

// Document is JSON that is the same for every caller. The answer is its bytes as they are.
type Document struct{ json.RawMessage }

// ETag is a hash of the document.
func (d Document) ETag() string {
	sum := sha256.Sum256(d.RawMessage)
	return hex.EncodeToString(sum[:8])
}

// GetOpenAPI is the description of all this.
var GetOpenAPI = Operation[DocumentRequest, Document]{
	Name: "openapi", Method: "GET", Path: "/v1/openapi.json", Permission: Public, Status: 200,
	Summary: "Get this document.",
}
