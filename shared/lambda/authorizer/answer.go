package authorizer

import (
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// simple is the answer to an HTTP API.
type simple struct {
	Authorized bool              `json:"isAuthorized"`
	Context    map[string]string `json:"context,omitempty"`
}

// policy is the answer to a REST API. Its context may hold texts, numbers and booleans, no lists and nothing nested.
type policy struct {
	Principal string            `json:"principalId"`
	Document  document          `json:"policyDocument"`
	Context   map[string]string `json:"context,omitempty"`
}

type document struct {
	Version   string      `json:"Version"`
	Statement []statement `json:"Statement"`
}

type statement struct {
	Action   string `json:"Action"`
	Effect   string `json:"Effect"`
	Resource string `json:"Resource"`
}

// nobody is the answer where no key was presented. A REST API answers 401 then. An HTTP API has no word for it: there an
// identity source that is missing is 401, without this function.
func (r request) nobody() ([]byte, error) {
	if r.arn == (arn{}) {
		return r.encode(Answer{}, false)
	}
	return nil, errUnauthorized
}

// encode writes the answer as the API reads it.
//
// A REST API keeps a policy under the values of the authorizer's identity sources, and holds later requests of the same
// identity against it, whatever they call. So a policy names all of the stage where the answer is the same for all of it:
// then the next method is not refused for being another one. Where the answer depends on the route, it names the one
// method and path that was asked about, and nothing else is allowed by it. A refusal names the stage in either case:
// what is kept of it refuses.
func (r request) encode(a Answer, perRoute bool) ([]byte, error) {
	handOn := a.Context
	if !a.Allow {
		handOn = nil
	}
	if r.arn == (arn{}) {
		return marshal(simple{Authorized: a.Allow, Context: handOn})
	}
	s := statement{Action: "execute-api:Invoke", Effect: "Deny", Resource: r.arn.stage + "/*"}
	if a.Allow {
		s.Effect = "Allow"
		if perRoute {
			s.Resource = r.arn.stage + "/" + r.arn.path
		}
	}
	principal := a.KeyID
	if principal == "" {
		principal = "nobody"
	}
	return marshal(policy{Principal: principal, Document: document{Version: "2012-10-17", Statement: []statement{s}}, Context: handOn})
}

// marshal writes equal answers as equal bytes.
func marshal(answer any) ([]byte, error) {
	return jsonv2.Marshal(answer, jsonv2.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}
