// Package openapi generates the OpenAPI 3.1 document of package api.
//
// Operations, parameters, bodies and responses come from the declared operations; descriptions and choices
// from the source code that declares them; bounds and examples from constraints.go. It runs only at build
// time: no function and no page imports it.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
)

const introduction = `Arxkeys manages API keys. A key lets one application call one Arx.

Requests and responses are JSON with snake_case names. Times are RFC 3339; those in responses are in UTC with milliseconds. Errors are problem documents (RFC 9457) with a stable code and a detail that says how to fix the request. Every response has a request id.

HEAD is supported wherever GET is, with the same headers. A path in this document returns 405 with the header Allow for any other method; any other path below /v1/ returns 404. Both are problem documents. /v1/check/ is different: it supports any method and any path.

The API is behind Amazon API Gateway, whose own errors are ` + "`{\"message\": …}`" + ` with the content type application/json: 404 for a path outside /v1/; 429 for too many requests; 400, 413, 500 and 503 if a request does not reach the API or its response is lost.`

// tags are in the order of the documentation, each with the first parts of its operations' names.
var tags = []struct {
	name, description string
	nouns             []string
}{
	{"Applications", "Programs that call Arxes with API keys.", []string{"applications"}},
	{"Arxes", "Clusters that applications call.", []string{"arxes"}},
	{"API keys", "Credentials with which one application calls one Arx.", []string{"keys"}},
	{"Gateways", "Verification for gateways, with a status instead of a document.", []string{"check"}},
	{"Management keys", "Credentials for machines that call this API.", []string{"managementkeys"}},
	{"Overview", "Totals, and what needs attention.", []string{"overview"}},
	{"Usage", "How often keys are verified.", []string{"usage"}},
	{"Activity", "Who changed what.", []string{"audit"}},
	{"This API", "The caller, and this document.", []string{"me", "whoami", "openapi"}},
}

const (
	bearer  = "bearer"
	holding = "accessKey"       // an access key in x-api-key
	holder  = "accessKeyBearer" // an access key in Authorization
)

// Document returns the indented document of the operations. source contains the source code of the packages
// api and problem, each in the directory of its name.
func Document(operations []api.Spec, source fs.FS) ([]byte, error) {
	return document(operations, source, func(api.Spec) []object { return nil })
}

func document(operations []api.Spec, source fs.FS, samples func(api.Spec) []object) ([]byte, error) {
	words, err := read(source, "api", "problem")
	if err != nil {
		return nil, err
	}
	g := generator{words: words, schemas: map[string]*schema{}, types: map[string]reflect.Type{}, responses: map[string]object{}}
	paths := object{}
	for _, op := range operations {
		describe := g.operation
		if op.Method == api.AnyMethod {
			op.Method, describe = http.MethodGet, g.check
		}
		described, err := describe(op)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op.Name, err)
		}
		if all := samples(op); len(all) > 0 {
			described = described.with("x-codeSamples", all)
		}
		methods, _ := paths.get(op.Path).(object)
		paths = paths.with(op.Path, methods.with(strings.ToLower(op.Method), described))
	}
	components := object{
		{"schemas", sorted(g.schemas)},
		{"responses", sorted(g.responses)},
		{"securitySchemes", object{
			{bearer, object{{"type", "http"}, {"scheme", "bearer"}, {"description", "An access token of the OpenID Provider, or a management key."}}},
			{holding, object{{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}, {"description", "An access key, arxk_…."}}},
			{holder, object{{"type", "http"}, {"scheme", "bearer"}, {"description", "An access key, arxk_…."}}},
		}},
	}
	return encode(object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "Arxkeys"}, {"description", introduction},
			{"contact", object{{"name", "Arxkeys"}, {"url", "https://github.com/arxkeys/arxkeys"}}},
			{"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
			{"version", "v1"},
		}},
		{"servers", []object{{{"url", "/"}}}},
		{"tags", describedTags()},
		{"paths", paths},
		{"components", components},
	})
}

// generator is a document being generated.
type generator struct {
	words     words
	schemas   map[string]*schema      // by name
	types     map[string]reflect.Type // what each schema describes
	responses map[string]object       // error responses that several operations share, by name
	changes   bool                    // the operation that is being described changes an existing resource
}

func describedTags() (all []object) {
	for _, t := range tags {
		all = append(all, object{{"name", t.name}, {"description", t.description}})
	}
	return all
}

// encode encodes the document. It escapes the characters that change the direction of text, which occur in
// patterns, because they are invisible in a file.
func encode(document object) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	var escaped bytes.Buffer
	for _, r := range b.String() {
		if strings.ContainsRune(misleading, r) {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		} else {
			escaped.WriteRune(r)
		}
	}
	return escaped.Bytes(), nil
}
