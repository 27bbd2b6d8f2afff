package openapi

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Extensions of the description of api.Check. OpenAPI can describe neither any method nor a path without an end.
const (
	anyMethod   = "x-any-method"
	furtherPath = "x-further-path"
)

const checkDescription = "For gateways such as nginx, Caddy, HAProxy and Envoy. Requires a management key with the role verifier, and no other. " +
	"Any method does the same as GET, and so does any further path, " + api.CheckFurther + ": some gateways send those of their caller. " +
	"Query, further path and body are ignored. Each x-arxkeys- header must be overwritten or removed by the gateway's configuration. " +
	"401 and 403 are about the access key, and a mistake of the gateway is 500. The header X-Arxkeys-Code says why."

// check describes api.Check as GET of its path.
func (g *generator) check(op api.Spec) (object, error) {
	parameters, err := g.parameters(op)
	if err != nil {
		return nil, err
	}
	message, err := g.of(reflect.TypeFor[GatewayMessage](), false)
	if err != nil {
		return nil, err
	}
	document, err := g.of(reflect.TypeFor[problem.Document](), false)
	if err != nil {
		return nil, err
	}
	responses := object{{strconv.Itoa(op.Status), object{{"description", "The access key is valid. There is no body."}, {"headers", g.checkHeaders()}}}}
	for _, r := range []struct {
		status  int
		text    string
		code    api.CheckCode // an example; empty if only API Gateway returns the status
		problem problem.Code
		gateway bool // API Gateway returns the status too
		more    object
	}{
		{http.StatusBadRequest, "Only from API Gateway itself.", "", "", true, nil},
		{http.StatusUnauthorized, "The caller sent no access key, more than one, or one that is malformed or unknown.", api.CheckNoKey, problem.Unauthenticated, false, refusalHeaders(http.StatusUnauthorized)},
		{http.StatusForbidden, "The access key is known, and refused. Also for a limit, if x-arxkeys-limited is 403.", api.CheckCode(api.CodeInsufficientScope), problem.Forbidden, false, limitHeaders("Only if a limit is reached.")},
		{http.StatusRequestEntityTooLarge, "Only from API Gateway itself.", "", "", true, nil},
		{http.StatusTooManyRequests, "A limit of the access key is reached.", api.CheckCode(api.CodeRateLimited), problem.TooMany, true, limitHeaders("Only with a problem document.")},
		{http.StatusInternalServerError, "The gateway is misconfigured: its credential, its role, or the setting that the detail names.", api.CheckGatewaySetting, problem.Internal, true, nil},
		{http.StatusServiceUnavailable, "The check itself failed. Refuse the request.", api.CheckUndecided, problem.Unavailable, true, refusalHeaders(http.StatusServiceUnavailable)},
	} {
		var content object
		headers := object{}
		if r.code != "" {
			content = content.with(problem.MediaType, object{{"schema", document}, {"example", g.problemExample(string(r.problem))}})
			headers = append(headers, member{"X-Request-Id", requestID(!r.gateway)}, member{api.CheckCodeHeader, g.checkCode(!r.gateway, r.code)})
			headers = append(headers, r.more...)
		}
		if r.gateway {
			content = content.with("application/json", object{{"schema", message}, {"example", object{{"message", http.StatusText(r.status)}}}})
		}
		response := object{{"description", r.text}}
		if len(headers) > 0 {
			response = response.with("headers", headers)
		}
		// Generated clients name the types of responses after their names.
		name := "Check" + responseName(r.status)
		g.responses[name] = response.with("content", content)
		responses = responses.with(strconv.Itoa(r.status), object{{"$ref", "#/components/responses/" + name}})
	}
	tag, err := tagOf(op.Name)
	if err != nil {
		return nil, err
	}
	return object{
		{"tags", []string{tag}}, {"summary", op.Summary}, {"description", checkDescription}, {"operationId", operationID(op.Name)},
		{anyMethod, true}, {furtherPath, true},
		{"parameters", parameters}, {"responses", responses}, {"security", []object{{{bearer, []string{}}, {holding, []string{}}}}},
	}, nil
}

// checkHeaders returns the descriptions of the headers of a valid check.
func (g *generator) checkHeaders() object {
	text := func(description, example string, s schema) object {
		s.Type = "string"
		return header(true, description, example, s)
	}
	headers := object{
		{"X-Request-Id", requestID(true)},
		{api.CheckCodeHeader, g.checkCode(true, api.CheckCode(api.CodeValid))},
		{api.CheckKeyIDHeader, text("The id of the API key.", "key_01J9Zk3V8QpTfW2x", schema{Pattern: idPattern(api.KeyPrefix)})},
		{api.CheckApplicationHeader, text("The id of the application.", "app_01J9Zk3V8QpTfW2x", schema{Pattern: idPattern(api.ApplicationPrefix)})},
		{api.CheckArxHeader, text("The id of the Arx.", "arx_01J9Zk3V8QpTfW2x", schema{Pattern: idPattern(api.ArxPrefix)})},
		{api.CheckTenantHeader, text("The organisation of the API key.", "default", schema{Pattern: "^[a-z0-9-]{1,63}$"})},
		{api.CheckGrantedScopesHeader, text("The scopes of the API key, separated by spaces. Empty if it has none.", "invoices:read", schema{})},
	}
	return append(headers, rateLimitHeaders("Only if the key has a rate limit.")...)
}

// checkCode returns the description of the header with the code.
func (g *generator) checkCode(required bool, example api.CheckCode) object {
	const name = "CheckCode"
	if g.schemas[name] == nil {
		s := &schema{Type: "string", Description: "Why a check has its status: the code of the verdict, or another one without a verdict."}
		for _, c := range api.CheckCodes() {
			s.Enum = append(s.Enum, string(c))
		}
		g.schemas[name] = s
	}
	return header(required, "Why the response has its status.", string(example), schema{Ref: schemaPrefix + name})
}

// limitHeaders returns the descriptions of the headers of a refusal by a limit.
func limitHeaders(when string) object {
	seconds := schema{Type: "integer", Minimum: new(1)}
	return append(object{{"Retry-After", header(false, "Seconds to wait before a retry. "+when, 48, seconds)}}, rateLimitHeaders("Only if the key has a rate limit, which is reached.")...)
}
