package openapi

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// GatewayMessage is an error of API Gateway itself.
type GatewayMessage struct {
	Message string `json:"message"`
}

// gatewayStatuses are the statuses of API Gateway's own errors for an existing route.
var gatewayStatuses = []int{
	http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
}

// refusals returns the error statuses of an operation, as returned by lambdahttp, the handlers and API
// Gateway.
func refusals(op api.Spec, plan api.Binding) []int {
	statuses := append([]int{}, gatewayStatuses...)
	add := func(codes ...problem.Code) {
		for _, c := range codes {
			statuses = append(statuses, c.Status())
		}
	}
	add(problem.Malformed, problem.InvalidField, problem.Internal, problem.Unavailable, problem.TooLarge)
	add(problem.DirectCall) // where RefuseDirectCalls is set
	if op.Permission != api.Public && op.Permission != api.HoldKey {
		add(problem.Unauthenticated, problem.Forbidden)
	}
	if len(plan.Members) > 0 {
		add(problem.NotJSON)
	}
	for _, p := range plan.Params {
		switch {
		case p.Place == api.InPath:
			add(problem.NotFound)
		case p.Place == api.InHeader && p.Name == "If-Match":
			add(problem.Changed)
		}
	}
	if op.Name == api.GetUsage.Name { // an application or an Arx that does not exist
		add(problem.NotFound)
	}
	// Verification changes nothing, and its findings are verdicts rather than errors.
	if op.Method != http.MethodGet && op.Name != api.VerifyKey.Name {
		add(problem.WrongState)
	}
	slices.Sort(statuses)
	return slices.Compact(statuses)
}

// refusal returns a reference to the response with the status.
func (g *generator) refusal(op api.Spec, status int) (object, error) {
	name := responseName(status)
	codes := codesOf(status)
	fromGateway := slices.Contains(gatewayStatuses, status)
	if op.Permission == api.HoldKey && status == http.StatusForbidden {
		name, codes, fromGateway = "KeyRefused", nil, true
	}
	if status == http.StatusTooManyRequests { // only API Gateway returns 429; a rate-limited key is a verdict
		codes = nil
	}
	reference := object{{"$ref", "#/components/responses/" + name}}
	if g.responses[name] != nil {
		return reference, nil
	}
	var content object
	headers := object{}
	text := title(status) + "."
	if len(codes) > 0 {
		s, err := g.of(reflect.TypeFor[problem.Document](), false)
		if err != nil {
			return nil, err
		}
		content = content.with(problem.MediaType, object{{"schema", s}, {"example", g.problemExample(codes[0])}})
		headers = append(headers, member{"X-Request-Id", requestID(!fromGateway)})
		headers = append(headers, refusalHeaders(status)...)
		text += " Code: " + strings.Join(codes, " or ") + "."
	}
	if fromGateway {
		s, err := g.of(reflect.TypeFor[GatewayMessage](), false)
		if err != nil {
			return nil, err
		}
		content = content.with("application/json", object{{"schema", s}, {"example", object{{"message", http.StatusText(status)}}}})
		text += " API Gateway's own errors are application/json."
	}
	response := object{{"description", text}}
	if len(headers) > 0 {
		response = response.with("headers", headers)
	}
	g.responses[name] = response.with("content", content)
	return reference, nil
}

// responseName returns the status phrase without spaces, for references: 404 is NotFound.
func responseName(status int) string { return strings.ReplaceAll(title(status), " ", "") }

// title returns the phrase of the status, as in problem documents.
func title(status int) string {
	for _, c := range problem.Codes() {
		if d := problem.New(c, "").Document(""); d.Status == status {
			return d.Title
		}
	}
	return http.StatusText(status)
}

func codesOf(status int) (codes []string) {
	for _, c := range problem.Codes() {
		if c.Status() == status {
			codes = append(codes, string(c))
		}
	}
	return codes
}

// details are examples of problem details.
var details = map[problem.Code]string{
	problem.Malformed:       "The body ends in the middle of its JSON.",
	problem.Unauthenticated: "Send an access token or a management key in the header Authorization: Bearer <credential>.",
	problem.Forbidden:       "Only owners and admins may do this.",
	problem.DirectCall:      "This address does not accept calls. Call the API at the address of the console.",
	problem.NotFound:        "There is no such API key.",
	problem.WrongState:      "Disable the application first.",
	problem.Changed:         "It has changed since you read it. Read it again, and send the new ETag in If-Match.",
	problem.TooMany:         "The limit of this access key is reached.",
	problem.TooLarge:        "The body exceeds 64 KB.",
	problem.NotJSON:         "The body must be JSON. Send it with the header Content-Type: application/json.",
	problem.InvalidField:    "allowed_origins: a client application needs at least one origin, such as https://shop.example.",
	problem.Internal:        "An internal error occurred. If you report it, include the request id.",
	problem.Unavailable:     "The data store did not respond in time. Try again in a moment.",
	problem.TableFormat:     problem.WrongTable(problem.TableFormat, nil).Detail,
	problem.TableRestored:   problem.WrongTable(problem.TableRestored, nil).Detail,
}

func (g *generator) problemExample(code string) any {
	p := problem.New(problem.Code(code), details[problem.Code(code)])
	if p.Code == problem.InvalidField {
		p = problem.Invalid(problem.Field{Field: "allowed_origins", Code: "required", Detail: strings.TrimPrefix(p.Detail, "allowed_origins: ")})
	}
	return p.Document("JKJaXmPLvHcESHA=")
}

// Headers.
var (
	etagHeader = header(true, "The version of the resource. It is weak if a proxy compressed the response.", `"3"`, schema{Type: "string", Pattern: `^(W/)?"[^"]+"$`})
)

func requestID(required bool) object {
	return header(required, "The id of this request, which also appears in logs.", "JKJaXmPLvHcESHA=", schema{Type: "string"})
}

func header(required bool, description string, example any, s schema) object {
	return object{{"description", description}, {"required", required}, {"schema", s}, {"example", example}}
}

// successHeaders returns the descriptions of a successful response's headers.
func successHeaders(op api.Spec, plan api.Binding) object {
	headers := object{{"X-Request-Id", requestID(true)}}
	if op.Answer.Implements(reflect.TypeFor[api.Located]()) && op.Status == http.StatusCreated {
		headers = headers.with("Location", header(true, "The path of the new resource.", "/v1/keys/key_01J9Zk5C2StVhY4z", schema{Type: "string", Format: "uri-reference"}))
	}
	if op.Answer.Implements(reflect.TypeFor[api.Tagged]()) {
		headers = headers.with("ETag", etagHeader)
	}
	if op.Answer.Implements(reflect.TypeFor[api.RateLimited]()) {
		headers = append(headers, rateLimitHeaders("Only if the response contains rate_limit.")...)
	}
	if slices.ContainsFunc(plan.Params, func(p api.Param) bool { return p.Name == "Idempotency-Key" }) {
		headers = headers.with("Idempotency-Replayed", header(false, "Set to true if the request was repeated and not executed again.", "true", schema{Type: "string", Enum: []any{"true"}}))
	}
	return headers
}

// rateLimitHeaders returns the descriptions of the state of a rate limit. when says which responses have them.
func rateLimitHeaders(when string) object {
	return object{
		{"RateLimit-Policy", header(false, "The rate limit of the key: q verifications in w seconds (draft-ietf-httpapi-ratelimit-headers). "+when, `"key";q=100;w=60`, schema{Type: "string", Pattern: `^"key";q=\d+;w=\d+$`})},
		{"RateLimit", header(false, "What remains of the rate limit: r verifications in the next t seconds.", `"key";r=93;t=48`, schema{Type: "string", Pattern: `^"key";r=\d+;t=\d+$`})},
	}
}

func refusalHeaders(status int) object {
	seconds := schema{Type: "integer", Minimum: new(1)}
	switch status {
	case http.StatusUnauthorized:
		return object{{"WWW-Authenticate", header(true, `How to authenticate (RFC 6750), with error="invalid_token" if the request had a credential.`, `Bearer error="invalid_token"`,
			schema{Type: "string", Pattern: `^Bearer( error="invalid_token")?$`})}}
	case http.StatusConflict:
		return object{{"Retry-After", header(false, "Seconds to wait before a retry. Only with the code "+string(problem.Contention)+".", 1, seconds)}}
	case http.StatusServiceUnavailable:
		return object{{"Retry-After", header(false, "Seconds to wait before a retry. Only with a problem document.", 1, seconds)}}
	}
	return nil
}
