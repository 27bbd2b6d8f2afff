package authorizer

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// request is an event, as far as a decision needs it.
type request struct {
	route     string
	address   string
	headers   headers
	requestID string

	identity []string // of an HTTP API: values of the authorizer's identity sources; none where it caches nothing
	cookies  []string // of an HTTP API
	event    []byte   // of an HTTP API: all of it
	arn      arn      // of a REST API: the method that is called; zero of an HTTP API
}

// event has the members of both kinds.
type event struct {
	Version string `json:"version"`
	Type    string `json:"type"`

	// Of an HTTP API.
	RouteKey       string         `json:"routeKey"`
	IdentitySource jsontext.Value `json:"identitySource"`
	Cookies        []string       `json:"cookies"`

	// Of a REST API.
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

// recognise reads an event. An HTTP API sends it as version 2.0. A REST API writes no version, and the SAM CLI writes 1.0
// in its place; but an HTTP API that is set to 1.0 does so too, and has an identitySource, by which it is refused: what
// it does with a policy that it keeps is not this package's promise.
func recognise(payload []byte) (request, error) {
	var e event
	if err := jsonv2.Unmarshal(payload, &e); err != nil {
		return request{}, errors.New("the event is no JSON of an authorizer") // the cause may repeat what was sent
	}
	r := request{requestID: e.Context.RequestID}
	switch {
	case e.Type != "REQUEST":
		return r, errors.New("the event is not of a REQUEST authorizer: TOKEN authorizers are not served, because they see no address and no origin")
	case e.Version == "2.0" && e.RouteKey != "":
		r.route, r.address, r.event = e.RouteKey, address(e.Context.HTTP.SourceIP), payload
		r.headers, r.cookies = joined(e.Headers), e.Cookies
		if len(e.IdentitySource) > 0 && jsonv2.Unmarshal(e.IdentitySource, &r.identity) != nil {
			return r, errors.New("the event's identitySource is no list")
		}
		return r, nil
	case (e.Version == "" || e.Version == "1.0") && e.IdentitySource == nil && e.MethodARN != "" && e.Method != "" && strings.HasPrefix(e.Resource, "/"):
		r.route, r.address = e.Method+" "+e.Resource, address(e.Context.Identity.SourceIP)
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

// address returns the address, or nothing where it is none, as in the tests of API Gateway's console: a key that may be
// used from some addresses only is refused then.
func address(text string) string {
	if _, err := netip.ParseAddr(text); err != nil {
		return ""
	}
	return text
}

// exact reports whether a policy can name what is called, and nothing else. A path of a REST API may hold characters that
// stand for others in a policy; who chose the path would have chosen what the policy allows.
func (r request) exact() bool { return !strings.ContainsAny(r.arn.path, "*?$") }

// arn names a method of a REST API: arn:aws:execute-api:<region>:<account>:<API>/<stage>/<method>/<path>.
type arn struct {
	stage string // all up to the stage
	path  string // method and path, as they were called
}

func parseARN(text string) (arn, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "execute-api" {
		return arn{}, errors.New("the event's methodArn names no method of an API")
	}
	of := strings.SplitN(parts[5], "/", 3)
	if len(of) != 3 || slices.Contains(of, "") {
		return arn{}, errors.New("the event's methodArn names no method of an API")
	}
	a := arn{stage: strings.TrimSuffix(text, "/"+of[2]), path: of[2]}
	if strings.ContainsAny(a.stage, "*?") || strings.Contains(a.stage, "${") {
		return arn{}, errors.New("the event's methodArn names more than one stage")
	}
	return a, nil
}
