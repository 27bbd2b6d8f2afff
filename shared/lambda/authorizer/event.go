package authorizer

import (
	"errors"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// request is the part of an event that a decision needs.
type request struct {
	route     string
	source    string // the address that API Gateway saw
	headers   headers
	requestID string

	identity []string // HTTP API: values of the authorizer's identity sources; empty if caching is off
	cookies  []string // HTTP API
	event    []byte   // HTTP API: the whole event
	arn      arn      // REST API: the called method; zero for an HTTP API
}

// event has the members of both kinds of event.
type event struct {
	Version string `json:"version"`
	Type    string `json:"type"`

	// HTTP API only.
	RouteKey       string         `json:"routeKey"`
	IdentitySource jsontext.Value `json:"identitySource"`
	Cookies        []string       `json:"cookies"`

	// REST API only.
	MethodARN  string              `json:"methodArn"`
	Method     string              `json:"httpMethod"`
	Resource   string              `json:"resource"`
	MultiValue map[string][]string `json:"multiValueHeaders"`

	Headers map[string]string `json:"headers"`
	Context struct {
		RequestID string `json:"requestId"`
		HTTP      struct {
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
		Identity struct {
			SourceIP string `json:"sourceIp"`
		} `json:"identity"`
	} `json:"requestContext"`
}

// recognise decodes an event. An HTTP API sends version 2.0. A REST API sends no version, and the SAM CLI
// sends 1.0 for it. An HTTP API configured for payload 1.0 sends 1.0 too; it is recognized by its
// identitySource and rejected, because its caching of policies is not supported.
func recognise(payload []byte) (request, error) {
	var e event
	if err := jsonv2.Unmarshal(payload, &e); err != nil {
		// Omits the cause, which may contain input.
		return request{}, errors.New("the event is not a valid authorizer event")
	}
	r := request{requestID: e.Context.RequestID}
	switch {
	case e.Type != "REQUEST":
		return r, errors.New("the event is not of a REQUEST authorizer; TOKEN authorizers are not supported, because they receive no address and no origin")
	case e.Version == "2.0" && e.RouteKey != "":
		r.route, r.source, r.event = e.RouteKey, e.Context.HTTP.SourceIP, payload
		r.headers, r.cookies = joined(e.Headers), e.Cookies
		if len(e.IdentitySource) > 0 && jsonv2.Unmarshal(e.IdentitySource, &r.identity) != nil {
			return r, errors.New("the event's identitySource is not a list")
		}
		return r, nil
	case (e.Version == "" || e.Version == "1.0") && e.IdentitySource == nil && e.MethodARN != "" && e.Method != "" && strings.HasPrefix(e.Resource, "/"):
		r.route, r.source = e.Method+" "+e.Resource, e.Context.Identity.SourceIP
		r.headers = e.MultiValue
		if r.headers == nil {
			r.headers = joined(e.Headers)
		}
		var err error
		r.arn, err = parseARN(e.MethodARN)
		return r, err
	}
	return r, errors.New("the event is neither of an HTTP API with AuthorizerPayloadFormatVersion 2.0 nor of a REST API")
}

// exact reports whether a policy can name exactly what is called. A REST API's path may contain characters
// that are wildcards in a policy; otherwise the caller could widen the policy by choosing the path.
func (r request) exact() bool { return !strings.ContainsAny(r.arn.path, "*?$") }

// arn is the ARN of a method of a REST API:
// arn:aws:execute-api:<region>:<account>:<API>/<stage>/<method>/<path>.
type arn struct {
	stage string // everything up to and including the stage
	path  string // method and path as called
}

func parseARN(text string) (arn, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "execute-api" {
		return arn{}, errors.New("the event's methodArn is not the ARN of an API's method")
	}
	of := strings.SplitN(parts[5], "/", 3)
	if len(of) != 3 || slices.Contains(of, "") {
		return arn{}, errors.New("the event's methodArn is not the ARN of an API's method")
	}
	a := arn{stage: strings.TrimSuffix(text, "/"+of[2]), path: of[2]}
	if strings.ContainsAny(a.stage, "*?") || strings.Contains(a.stage, "${") {
		return arn{}, errors.New("the event's methodArn names more than one stage")
	}
	return a, nil
}
