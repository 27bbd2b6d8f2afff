// Package openapi writes the OpenAPI 3.1 document of package api.
//
// Operations, parameters, bodies and answers come from the declared operations; descriptions and
// choices come from the source that declares them, so that there is nothing to keep in step by
// hand. It is for hosts that build: no function and no page imports it.
package openapi

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/swaggest/jsonschema-go"
	swaggest "github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const introduction = `Arxkeys manages API keys. A key lets one application talk to one Arx.

Requests and answers are JSON in snake_case; times are RFC 3339 in UTC. Failures are problem documents (RFC 9457) with a stable code and a detail that says how to mend it. Every answer carries a request id.`

// The words for the first part of an operation's name.
var tags = []struct{ noun, name, description string }{
	{"applications", "Applications", "What calls: the programs that hold API keys."},
	{"arxes", "Arxes", "What is called: the clusters that API keys open."},
	{"keys", "API keys", "What lets one application talk to one Arx."},
	{"managementkeys", "Management keys", "Credentials for machines that call this API."},
	{"overview", "Overview", "Totals, and what wants attention."},
	{"usage", "Usage", "How often keys are verified."},
	{"audit", "Activity", "Who changed what."},
	{"me", "This API", "Who is calling, and this document."},
	{"whoami", "This API", ""},
	{"openapi", "This API", ""},
}

const (
	bearer  = "bearer"
	holding = "accessKey"       // in a header of its own
	holder  = "accessKeyBearer" // or in Authorization
	schemas = "#/components/schemas/"
)

// Document returns the document, indented, of the operations. The source is that of the packages api
// and problem, each in the folder of its name.
func Document(operations []api.Spec, source fs.FS) ([]byte, error) {
	words, err := read(source, "api", "problem")
	if err != nil {
		return nil, err
	}
	g := generator{reflector: openapi31.NewReflector(), words: words}
	g.introduce()
	if err := g.declareProblems(); err != nil {
		return nil, err
	}
	for _, op := range operations {
		if err := g.add(op); err != nil {
			return nil, fmt.Errorf("%s: %w", op.Name, err)
		}
	}
	document, err := json.MarshalIndent(g.reflector.Spec, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return append(document, '\n'), nil
}

// generator is a document in the making.
type generator struct {
	reflector *openapi31.Reflector
	words     words
}

// introduce writes what is about the whole.
func (g *generator) introduce() {
	g.reflector.DefaultOptions = append(g.reflector.DefaultOptions, g.schemaOptions()...)
	spec := g.reflector.Spec
	spec.Info.WithTitle("Arxkeys").WithVersion("v1").WithDescription(introduction).
		WithLicense(openapi31.License{Name: "Apache-2.0", Identifier: new("Apache-2.0")})
	spec.WithServers(openapi31.Server{URL: "/"})
	spec.SetHTTPBearerTokenSecurity(bearer, "", "An access token of the OpenID Provider, or a management key.")
	spec.SetAPIKeySecurity(holding, "x-api-key", swaggest.InHeader, "An access key, arxk_….")
	spec.SetHTTPBearerTokenSecurity(holder, "", "An access key, arxk_….")
	told := map[string]bool{}
	for _, t := range tags {
		if !told[t.name] {
			spec.Tags = append(spec.Tags, openapi31.Tag{Name: t.name, Description: &t.description})
		}
		told[t.name] = true
	}
}

// add writes an operation.
func (g *generator) add(op api.Spec) error {
	oc, err := g.reflector.NewOperationContext(op.Method, op.Path)
	if err != nil {
		return err
	}
	plan := api.Bind(op.Request)
	oc.SetID(op.Name)
	oc.SetSummary(op.Summary)
	noun, _, _ := strings.Cut(op.Name, ".")
	for _, t := range tags {
		if t.noun == noun {
			oc.SetTags(t.name)
		}
	}
	if len(oc.Tags()) == 0 {
		return fmt.Errorf("no tag for the noun %q", noun)
	}
	switch op.Permission {
	case api.Public:
	case api.HoldKey:
		oc.AddSecurity(holding)
		oc.AddSecurity(holder)
		oc.SetDescription("For whoever holds an access key: it is the credential. What is refused before the operation is reached, API Gateway answers itself, " +
			`as {"message": …}: a key that is not good 403, one that could not be verified 500.`)
	default:
		oc.AddSecurity(bearer)
		oc.SetDescription(auth.Refusal(op.Permission))
	}
	g.inlinePatches(op.Request)
	oc.AddReqStructure(reflect.New(op.Request).Interface(), func(cu *swaggest.ContentUnit) {
		cu.Customize = func(cor swaggest.ContentOrReference) {
			cor.(*openapi31.RequestBodyOrReference).RequestBodyEns().WithRequired(true)
		}
	})
	answer := reflect.New(op.Answer).Interface()
	if op.Answer == rawType {
		answer = map[string]any{}
	}
	oc.AddRespStructure(answer, func(cu *swaggest.ContentUnit) {
		cu.HTTPStatus = op.Status
		cu.Description = http.StatusText(op.Status)
		cu.Customize = func(cor swaggest.ContentOrReference) {
			describeHeaders(cor.(*openapi31.ResponseOrReference).ResponseEns(), op, plan)
		}
	})
	for _, status := range refusals(op, plan) {
		if op.Permission == api.HoldKey && (status == http.StatusForbidden || status == http.StatusInternalServerError) {
			oc.AddRespStructure(Refusal{}, func(cu *swaggest.ContentUnit) {
				cu.HTTPStatus, cu.Description = status, http.StatusText(status)+", by API Gateway."
			})
			continue
		}
		oc.AddRespStructure(nil, func(cu *swaggest.ContentUnit) {
			cu.HTTPStatus = status
			cu.Customize = func(cor swaggest.ContentOrReference) {
				cor.SetReference("#/components/responses/" + responseName(status))
			}
		})
	}
	if err := g.reflector.AddOperation(oc); err != nil {
		return err
	}
	g.describeParams(op.Request, oc.(openapi31.OperationExposer).Operation().Parameters)
	return nil
}

// Refusal is what API Gateway answers itself where the authorizer of access keys lets nobody pass.
type Refusal struct {
	Message string `json:"message"`
}

// refusals returns the statuses with which an operation may refuse, as lambdahttp and the handlers
// classify them.
func refusals(op api.Spec, plan api.Binding) []int {
	codes := []problem.Code{problem.Malformed, problem.InvalidField, problem.Internal, problem.Unavailable}
	if op.Permission != api.Public {
		codes = append(codes, problem.Unauthenticated, problem.Forbidden)
	}
	if len(plan.Members) > 0 {
		codes = append(codes, problem.TooLarge)
	}
	for _, p := range plan.Params {
		switch {
		case p.Place == api.InPath:
			codes = append(codes, problem.NotFound)
		case p.Place == api.InHeader && p.Name == "If-Match":
			codes = append(codes, problem.Changed)
		}
	}
	// Verification decides and changes nothing: what it finds is its answer.
	if op.Method != http.MethodGet && op.Name != api.VerifyKey.Name {
		codes = append(codes, problem.WrongState)
	}
	statuses := make([]int, len(codes))
	for i, c := range codes {
		statuses[i] = c.Status()
	}
	return statuses
}

// describeHeaders writes what an answer tells beside its body.
func describeHeaders(response *openapi31.Response, op api.Spec, plan api.Binding) {
	response.WithHeadersItem("X-Request-Id", header("Names this request in logs."))
	if op.Answer.Implements(reflect.TypeFor[api.Located]()) && op.Status == http.StatusCreated {
		response.WithHeadersItem("Location", header("Where the new resource is."))
	}
	if op.Answer.Implements(reflect.TypeFor[api.Tagged]()) {
		response.WithHeadersItem("ETag", header("The version of the resource."))
	}
	if slices.ContainsFunc(plan.Params, func(p api.Param) bool { return p.Name == "Idempotency-Key" }) {
		response.WithHeadersItem("Idempotency-Replayed", header("true where the request was repeated, and is answered as at first."))
	}
}

func header(description string) openapi31.HeaderOrReference {
	h := openapi31.Header{Description: &description, Schema: map[string]any{"type": "string"}}
	return openapi31.HeaderOrReference{Header: &h}
}

// declareProblems writes the answers that several operations refuse with, one for each status.
func (g *generator) declareProblems() error {
	schema, err := g.reflector.Reflect(problem.Document{}, jsonschema.RootRef, jsonschema.DefinitionsPrefix(schemas),
		jsonschema.CollectDefinitions(func(name string, s jsonschema.Schema) {
			if m, err := s.ToSchemaOrBool().ToSimpleMap(); err == nil {
				g.reflector.Spec.ComponentsEns().WithSchemasItem(name, m)
			}
		}))
	if err != nil {
		return err
	}
	reference, err := schema.ToSchemaOrBool().ToSimpleMap()
	if err != nil {
		return err
	}
	byStatus := map[int][]string{}
	for _, code := range problem.Codes() {
		byStatus[code.Status()] = append(byStatus[code.Status()], string(code))
	}
	for status, codes := range byStatus {
		response := openapi31.Response{
			Description: http.StatusText(status) + ". Code: " + strings.Join(codes, " or ") + ".",
			Content:     map[string]openapi31.MediaType{problem.MediaType: {Schema: reference}},
		}
		response.WithHeadersItem("X-Request-Id", header("Names this request in logs."))
		switch status {
		case http.StatusUnauthorized:
			response.WithHeadersItem("WWW-Authenticate", header("Bearer."))
		case http.StatusConflict:
			response.WithHeadersItem("Retry-After", header("When to try again, in seconds; only with "+string(problem.Contention)+"."))
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			response.WithHeadersItem("Retry-After", header("When to try again, in seconds."))
		}
		g.reflector.Spec.ComponentsEns().WithResponsesItem(responseName(status), openapi31.ResponseOrReference{Response: &response})
	}
	return nil
}

// responseName is the status in words that a reference may hold: 404 is NotFound.
func responseName(status int) string {
	if text := http.StatusText(status); text != "" {
		return strings.ReplaceAll(text, " ", "")
	}
	return "Status" + strconv.Itoa(status)
}
