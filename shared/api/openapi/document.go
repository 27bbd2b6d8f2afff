// Package openapi writes the OpenAPI 3.1 document of package api.
//
// Operations, parameters, bodies and answers come from the declared operations; descriptions and
// choices come from the source that declares them; bounds and examples stand in constraints.go. It
// is for hosts that build: no function and no page imports it.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
)

const introduction = `Arxkeys manages API keys. A key lets one application talk to one Arx.

Requests and answers are JSON in snake_case; times are RFC 3339; in answers in UTC, with three digits of a second. Failures are problem documents (RFC 9457) with a stable code and a detail that says how to mend it. Every answer carries a request id.

HEAD answers wherever GET does, with the same header fields. A path that this document lists answers any other method with 405 and the header field Allow; any other path below /v1/ is 404. Both are problem documents.

Amazon API Gateway stands in front of the API. What it refuses itself, it answers as ` + "`{\"message\": …}`" + ` with the content type application/json: 404 for a path outside of /v1/; 429 for too many requests; 400, 413, 500 and 503 where a request does not reach the API or its answer does not come back.`

// The tags, in the order of the documentation, each with the first parts of the operations' names
// that belong to it.
var tags = []struct {
	name, description string
	nouns             []string
}{
	{"Applications", "What calls: the programs that hold API keys.", []string{"applications"}},
	{"Arxes", "What is called: the clusters that API keys open.", []string{"arxes"}},
	{"API keys", "What lets one application talk to one Arx.", []string{"keys"}},
	{"Management keys", "Credentials for machines that call this API.", []string{"managementkeys"}},
	{"Overview", "Totals, and what wants attention.", []string{"overview"}},
	{"Usage", "How often keys are verified.", []string{"usage"}},
	{"Activity", "Who changed what.", []string{"audit"}},
	{"This API", "Who is calling, and this document.", []string{"me", "whoami", "openapi"}},
}

const (
	bearer  = "bearer"
	holding = "accessKey"       // in a header of its own
	holder  = "accessKeyBearer" // or in Authorization
)

// Document returns the document, indented, of the operations. The source is that of the packages api
// and problem, each in the folder of its name.
func Document(operations []api.Spec, source fs.FS) ([]byte, error) {
	words, err := read(source, "api", "problem")
	if err != nil {
		return nil, err
	}
	g := generator{words: words, schemas: map[string]*schema{}, types: map[string]reflect.Type{}, responses: map[string]object{}}
	paths := object{}
	for _, op := range operations {
		described, err := g.operation(op)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op.Name, err)
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

// generator is a document in the making.
type generator struct {
	words     words
	schemas   map[string]*schema      // by name
	types     map[string]reflect.Type // what each schema describes
	responses map[string]object       // by name: those that several operations refuse with
}

func describedTags() (all []object) {
	for _, t := range tags {
		all = append(all, object{{"name", t.name}, {"description", t.description}})
	}
	return all
}

// encode writes the document. The characters that turn the direction of text, which patterns exclude,
// are escaped: nobody sees them in a file.
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
