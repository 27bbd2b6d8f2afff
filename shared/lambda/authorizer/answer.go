package authorizer

import (
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// simple is the response to an HTTP API.
type simple struct {
	Authorized bool              `json:"isAuthorized"`
	Context    map[string]string `json:"context,omitempty"`
}

// policy is the response to a REST API. Its context may contain only strings, numbers and booleans.
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

// nobody returns the response if no key was presented. A REST API then returns 401. An HTTP API cannot be
// told to: it returns 401 only for a missing identity source, without calling this function.
func (r request) nobody() ([]byte, error) {
	if r.arn == (arn{}) {
		return r.encode(Answer{}, false)
	}
	return nil, errUnauthorized
}

// encode encodes the answer in the API's format.
//
// A REST API caches a policy by the values of the authorizer's identity sources, and applies it to later
// requests of the same identity, whatever they call. Therefore a policy names the whole stage if the answer
// is the same for every route, so that it does not refuse the next method. If the answer depends on the
// route, it names only the requested method and path. A refusal always names the stage, because its cached
// policy only refuses.
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

// marshal encodes equal answers as equal bytes.
func marshal(answer any) ([]byte, error) {
	return jsonv2.Marshal(answer, jsonv2.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}
