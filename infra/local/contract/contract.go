// Package contract holds what goes over HTTP against the OpenAPI document.
//
// It is for tests: an answer that the document does not describe becomes a failure, so that no test
// passes on one.
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

// Document is the place of the OpenAPI document below the repository.
const Document = "functions/openapi/openapi.json"

// Contract is an OpenAPI document that requests and answers are held against.
type Contract struct {
	document map[string]any
	compiler *jsonschema.Compiler

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema // by JSON pointer
}

// Read reads the document of the file. Of an object it lets no property pass that is not declared:
// callers have to expect more of them, but the document has to name all that there are.
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
		return nil, fmt.Errorf("read %s: no object", file)
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

// Handler serves what next does. Where a request that is answered as a good one, or any answer, is not
// as the document says, it reports so, without a value of either, and answers 500 instead.
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

// answer keeps an answer until it is checked.
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

// at returns what is at the path in a document; nil where there is nothing.
func at(document any, path ...string) any {
	for _, name := range path {
		o, _ := document.(map[string]any)
		document = o[name]
	}
	return document
}
