package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/arxkeys/arxkeys/shared/api"
)

// parsed returns the document of all operations.
func parsed(t *testing.T) map[string]any {
	t.Helper()
	text, err := Document(api.Served(), os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return document.(map[string]any)
}

// at returns the value at the path in the document, nil if there is none.
func at(document any, path ...string) any {
	for _, name := range path {
		o, _ := document.(map[string]any)
		document = o[name]
	}
	return document
}

// takesNull reports whether a schema of the document accepts null.
func takesNull(s any) bool {
	types, _ := at(s, "type").([]any)
	any, _ := at(s, "anyOf").([]any)
	for _, alternative := range any {
		types = append(types, at(alternative, "type"))
	}
	if i := slices.Index(types, "null"); i > 0 && i != 1 {
		return false // generators look for null in the second place
	}
	return slices.Contains(types, "null")
}

// TestNullIsDeclaredWhereItIsAnswered checks the Go types of all responses: a pointer that is always
// encoded may be null, and nothing else.
func TestNullIsDeclaredWhereItIsAnswered(t *testing.T) {
	document := parsed(t)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map || of.Kind() == reflect.Array {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == timeType || seen[of] {
			return
		}
		seen[of] = true
		schema := at(document, "components", "schemas", schemaName(of))
		if schema == nil {
			t.Errorf("%s: no schema %s", of, schemaName(of))
			return
		}
		for _, f := range reflect.VisibleFields(of) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous || name == "" || name == "-" {
				continue
			}
			property := at(schema, "properties", name)
			if property == nil {
				t.Errorf("%s.%s is not declared", of, name)
			}
			if want := f.Type.Kind() == reflect.Pointer && options == ""; takesNull(property) != want {
				t.Errorf("%s.%s: null is declared: %v, answered: %v", of, name, !want, want)
			}
			required, _ := at(schema, "required").([]any)
			if slices.Contains(required, any(name)) != (options == "") {
				t.Errorf("%s.%s: required in the document: %v", of, name, options != "")
			}
			walk(f.Type)
		}
	}
	for _, op := range api.Operations() {
		if op.Answer != documentType {
			walk(op.Answer)
		}
	}
}

// TestAnswerWithNothingInItIsTypedAsDeclared encodes the zero value of every response: every pointer is
// null, every list and map is empty. Bounds may be violated then, but never types.
func TestAnswerWithNothingInItIsTypedAsDeclared(t *testing.T) {
	document := parsed(t)
	for _, op := range api.Operations() {
		if op.Answer == documentType {
			continue
		}
		encoded, err := jsonv2.Marshal(reflect.New(op.Answer).Interface())
		if err != nil {
			t.Fatal(err)
		}
		var answer any
		if err := json.Unmarshal(encoded, &answer); err != nil {
			t.Fatal(err)
		}
		var check func(where string, schema, value any)
		check = func(where string, schema, value any) {
			if ref, ok := at(schema, "$ref").(string); ok {
				schema = at(document, "components", "schemas", strings.TrimPrefix(ref, schemaPrefix))
			}
			switch value := value.(type) {
			case nil:
				if !takesNull(schema) && at(schema, "type") != "object" { // raw JSON, which no answer leaves empty
					t.Errorf("%s: %s is null", op.Name, where)
				}
			case map[string]any:
				for name, v := range value {
					if property := at(schema, "properties", name); property != nil {
						check(where+"."+name, property, v)
					} else {
						t.Errorf("%s: %s.%s is not declared", op.Name, where, name)
					}
				}
			}
		}
		check("", at(document, "paths", op.Path, strings.ToLower(op.Method), "responses", fmt.Sprint(op.Status), "content", "application/json", "schema"), answer)
	}
}

// TestEverythingHasAnExampleThatIsOne checks that properties, parameters, bodies, responses and headers
// have valid examples.
func TestEverythingHasAnExampleThatIsOne(t *testing.T) {
	document := parsed(t)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", any(document)); err != nil {
		t.Fatal(err)
	}
	valid := func(pointer string, examples ...any) {
		t.Helper()
		s, err := c.Compile("openapi.json#" + pointer)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examples {
			if err := s.Validate(example); err != nil {
				t.Errorf("%s: %v is not a valid example: %v", pointer, example, err)
			}
		}
	}
	schemas := at(document, "components", "schemas").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		pointer := "/components/schemas/" + name
		if at(schemas[name], "description") == nil && !strings.HasSuffix(name, "Request") {
			t.Logf("%s has no description", name)
		}
		if choices, ok := at(schemas[name], "enum").([]any); ok {
			valid(pointer, choices...)
		}
		properties, _ := at(schemas[name], "properties").(map[string]any)
		for property, s := range properties {
			examples, _ := at(s, "examples").([]any)
			_, reference := at(s, "$ref").(string)
			list := at(s, "items", "$ref") != nil
			if alternatives, ok := at(s, "anyOf").([]any); ok {
				_, reference = at(alternatives[0], "$ref").(string)
			}
			if len(examples) == 0 && !reference && !list {
				t.Errorf("%s.%s has no example", name, property)
			}
			valid(pointer+"/properties/"+property, examples...)
		}
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var walk func(pointer string, value any)
	walk = func(pointer string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if value["schema"] != nil {
				example, ok := value["example"]
				if !ok {
					t.Errorf("%s has no example", pointer)
				}
				valid(pointer+"/schema", example)
			}
			for name, v := range value {
				if name != "example" {
					walk(pointer+"/"+escape.Replace(name), v)
				}
			}
		case []any:
			for i, v := range value {
				walk(fmt.Sprintf("%s/%d", pointer, i), v)
			}
		}
	}
	walk("/paths", document["paths"])
	walk("/components/responses", at(document, "components", "responses"))
}

// TestOnlyExamplesOfChangesHaveAnEffect checks that the example of a response tells when it takes effect exactly if the
// operation changes an existing resource.
func TestOnlyExamplesOfChangesHaveAnEffect(t *testing.T) {
	document := parsed(t)
	changes := 0
	for _, op := range api.Operations() {
		example := at(document, "paths", op.Path, strings.ToLower(op.Method), "responses", fmt.Sprint(op.Status), "content", "application/json", "example")
		text, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		change := op.Request.Implements(reflect.TypeFor[api.Change]())
		if has := strings.Contains(string(text), `"effective_by"`); has != change {
			t.Errorf("%s: change %t, but its example is %s", op.Name, change, text)
		}
		if change {
			changes++
		}
	}
	if changes < 15 {
		t.Errorf("%d operations change a resource", changes)
	}
}
