package api

import "encoding/json"

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

// GetOpenAPI is the description of all this.
var GetOpenAPI = Operation[Nothing, json.RawMessage]{
	Name: "openapi", Method: "GET", Path: "/v1/openapi.json", Permission: Public, Status: 200,
	Summary: "Get this document.",
}
