package template

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Authorizer is a function that API Gateway invokes before a route's function.
type Authorizer struct {
	Name           string
	Function       string // logical id
	PayloadVersion string // 1.0 or 2.0
	Simple         bool   // it returns {"isAuthorized": …} instead of a policy
	Identity       []string
	TTL            time.Duration // how long API Gateway caches a result; 0 disables the cache
	Line           int
}

// authorizers reads the Lambda authorizers of the API. Other kinds are refused: infra/local does not implement them.
func (r *resolver) authorizers(api *yaml.Node) ([]Authorizer, error) {
	auth := field(api, "Auth")
	node := field(auth, "Authorizers")
	if field(auth, "DefaultAuthorizer") != nil {
		return nil, r.errorf(auth.Line, "DefaultAuthorizer is not supported; name the authorizer in each route")
	}
	if node == nil {
		return nil, nil
	}
	var list entries
	if err := r.decode(node, &list); err != nil {
		return nil, err
	}
	var out []Authorizer
	for _, e := range list {
		arn := field(e.value, "FunctionArn")
		name, argument, _ := "", (*yaml.Node)(nil), false
		if arn != nil {
			name, argument, _ = intrinsic(arn)
		}
		if name != "GetAtt" {
			return nil, r.errorf(e.line, "the authorizer %s needs FunctionArn: !GetAtt <function>.Arn", e.name)
		}
		target, err := r.getAttTarget(argument)
		if err != nil {
			return nil, err
		}
		var p struct {
			Version  string `yaml:"AuthorizerPayloadFormatVersion"`
			Simple   bool   `yaml:"EnableSimpleResponses"`
			Identity struct {
				Headers      []string `yaml:"Headers"`
				QueryStrings []string `yaml:"QueryStrings"`
				Context      []string `yaml:"Context"`
				TTL          int      `yaml:"ReauthorizeEvery"`
			} `yaml:"Identity"`
		}
		if err := r.into(without(e.value, "FunctionArn", "FunctionInvokeRole"), &p); err != nil {
			return nil, err
		}
		if p.Version != "1.0" && p.Version != "2.0" {
			return nil, r.errorf(e.line, "the authorizer %s needs AuthorizerPayloadFormatVersion: '1.0' or '2.0'", e.name)
		}
		a := Authorizer{
			Name: e.name, Function: strings.TrimSuffix(target, ".Arn"), PayloadVersion: p.Version, Simple: p.Simple,
			TTL: time.Duration(p.Identity.TTL) * time.Second, Line: e.line,
		}
		for _, h := range p.Identity.Headers {
			a.Identity = append(a.Identity, "$request.header."+h)
		}
		for _, q := range p.Identity.QueryStrings {
			a.Identity = append(a.Identity, "$request.querystring."+q)
		}
		for _, c := range p.Identity.Context {
			a.Identity = append(a.Identity, "$context."+c)
		}
		out = append(out, a)
	}
	return out, nil
}
