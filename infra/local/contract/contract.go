// Package contract checks HTTP requests and responses against the OpenAPI document.
//
// It is for tests: it turns a response that the document does not describe into a failure.
package contract

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is the path of the OpenAPI document in the repository.
const Document = "functions/openapi/openapi.json"

// Contract is an OpenAPI document that requests and responses are checked against.
type Contract struct {
	document map[string]any
	compiler *jsonschema.Compiler

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema // by JSON pointer
}

// Read reads the document in the file. It forbids undeclared properties of objects: clients must expect further
// properties, but the document must declare all that exist.
func Read(file string) (*Contract, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	document, ok := parsed.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("read %s: not a JSON object", file)
	}
	schemas, _ := at(document, "components", "schemas").(map[string]any)
	for _, s := range schemas {
		if o, ok := s.(map[string]any); ok && o["properties"] != nil {
			o["additionalProperties"] = false
		}
	}
	c := &Contract{document: document, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource("openapi.json", parsed)
}

// Handler returns a handler that calls next and checks responses, and requests that succeed. If one differs from the
// document, it reports the difference, without any values, and responds with 500 instead.
func (c *Contract) Handler(next http.Handler, report func(violation string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := record(r)
		answer := &answer{header: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		if violations := c.check(request, answer); len(violations) > 0 {
			for _, v := range violations {
				report(fmt.Sprintf("%s %s %d: %s", r.Method, r.URL.Path, answer.status, v))
			}
			http.Error(w, "contract: "+strings.Join(violations, "; "), http.StatusInternalServerError)
			return
		}
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.status)
		w.Write(answer.body.Bytes())
	})
}

// answer buffers a response until it is checked.
type answer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.wrote = true
	return a.body.Write(p)
}

// at returns the value at the path in a document, or nil if there is none.
func at(document any, path ...string) any {
	for _, name := range path {
		o, _ := document.(map[string]any)
		document = o[name]
	}
	return document
}
