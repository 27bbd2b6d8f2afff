package openapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/swaggest/jsonschema-go"
	swaggest "github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var rawType = reflect.TypeFor[json.RawMessage]()

// schemaOptions are how Go types become schemas, where that is ours to say.
func (g *generator) schemaOptions() []func(*jsonschema.ReflectContext) {
	return []func(*jsonschema.ReflectContext){
		jsonschema.InterceptDefName(schemaName),
		jsonschema.InterceptSchema(g.describeType),
		jsonschema.InterceptProp(requireField),
		jsonschema.InterceptNullability(onlyPointersAndPatchesAreNull),
	}
}

// patched returns what a field of a merge patch holds; nil where the type is no api.Patch.
func patched(t reflect.Type) reflect.Type {
	if t.PkgPath() != reflect.TypeFor[api.Spec]().PkgPath() || !strings.HasPrefix(t.Name(), "Patch[") {
		return nil
	}
	get, _ := t.MethodByName("Get")
	return get.Type.Out(0)
}

// inlinePatches lets the fields of a merge patch be described as what they hold.
func (g *generator) inlinePatches(request reflect.Type) {
	for _, f := range reflect.VisibleFields(request) {
		if held := patched(f.Type); held != nil {
			g.reflector.JSONSchemaReflector().AddTypeMapping(reflect.Zero(f.Type).Interface(), reflect.Zero(held).Interface())
		}
	}
}

// schemaName is the name of a type without its package. A list is named after its items, and what
// is of a problem says so.
func schemaName(t reflect.Type, _ string) string {
	name, arguments, generic := strings.Cut(t.Name(), "[")
	switch {
	case t == reflect.TypeFor[problem.Document]():
		return "Problem"
	case t.PkgPath() == reflect.TypeFor[problem.Document]().PkgPath():
		return "Problem" + name
	case generic:
		item, _, _ := strings.Cut(arguments, ",")
		return strings.TrimSuffix(item[strings.LastIndex(item, ".")+1:], "Summary") + name
	}
	return name
}

// describeType writes what the source says of a type and of its fields.
func (g *generator) describeType(p jsonschema.InterceptSchemaParams) (stop bool, err error) {
	t := p.Value.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == rawType {
		p.Schema.WithType(jsonschema.Object.Type())
		return true, nil
	}
	if !p.Processed {
		return false, nil
	}
	if t == reflect.TypeFor[api.ClearText]() {
		p.Schema.WithFormat("password")
	}
	if description := g.words.types[typeName(t)]; description != "" {
		p.Schema.WithDescription(description)
	}
	if choices := g.words.choices[typeName(t)]; len(choices) > 0 {
		p.Schema.Enum = choices
	}
	if t.Kind() != reflect.Struct {
		return false, nil
	}
	g.describeFields(t, p.Schema)
	// A body takes nothing that it doesn't name. (Parameters neither, but they have no word for it.)
	oc, ok := swaggest.OperationCtx(p.Context)
	if ok && oc.ProcessingIn() == swaggest.InBody && t.Implements(reflect.TypeFor[api.Request]()) {
		p.Schema.AdditionalProperties = &jsonschema.SchemaOrBool{TypeBoolean: new(false)}
	}
	return false, nil
}

// describeFields writes the comments of the fields that make up a body or an answer.
func (g *generator) describeFields(t reflect.Type, schema *jsonschema.Schema) {
	for _, f := range g.comments(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if property, ok := schema.Properties[name]; ok && property.TypeObject != nil {
			property.TypeObject.WithDescription(f.comment)
		}
	}
}

// describeParams writes the comments of the fields that are parameters.
func (g *generator) describeParams(t reflect.Type, params []openapi31.ParameterOrReference) {
	for _, f := range g.comments(t) {
		for _, p := range params {
			if f.Tag.Get(string(p.Parameter.In)) == p.Parameter.Name {
				p.Parameter.WithDescription(f.comment)
			}
		}
	}
}

// commented is a field with what its source says of it.
type commented struct {
	reflect.StructField
	comment string
}

// comments returns the commented fields of a struct, those of embedded structs too.
func (g *generator) comments(t reflect.Type) (fields []commented) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			fields = append(fields, g.comments(f.Type)...)
		} else if comment := g.words.fields[typeName(t)+"."+f.Name]; comment != "" {
			fields = append(fields, commented{f, comment})
		}
	}
	return fields
}

// requireField marks fields of a body or an answer as required that have no omitempty.
func requireField(p jsonschema.InterceptPropParams) error {
	tag, ok := p.Field.Tag.Lookup("json")
	optional := strings.Contains(tag, ",omitempty") || strings.Contains(tag, ",omitzero")
	if p.Processed && ok && !optional && p.ParentSchema != nil && !slices.Contains(p.ParentSchema.Required, p.Name) {
		p.ParentSchema.Required = append(p.ParentSchema.Required, p.Name)
	}
	return nil
}

// onlyPointersAndPatchesAreNull says what our encoder does: lists, maps and raw JSON that hold
// nothing are written empty, and null is refused for them. In a merge patch null is a word.
func onlyPointersAndPatchesAreNull(p jsonschema.InterceptNullabilityParams) {
	t := p.Schema.Type
	switch {
	case patched(p.Type) != nil && p.Schema.Ref != nil:
		held := jsonschema.Schema{Ref: p.Schema.Ref}
		p.Schema.Ref, p.Schema.Type = nil, nil
		p.Schema.AnyOf = []jsonschema.SchemaOrBool{held.ToSchemaOrBool(), jsonschema.Null.ToSchemaOrBool()}
	case patched(p.Type) != nil:
		p.Schema.AddType(jsonschema.Null)
	case (p.Type.Kind() == reflect.Slice || p.Type.Kind() == reflect.Map) && t != nil && len(t.SliceOfSimpleTypeValues) == 2:
		for _, s := range t.SliceOfSimpleTypeValues {
			if s != jsonschema.Null {
				p.Schema.Type = new(s.Type())
			}
		}
	}
}

// typeName is the type's name as words keeps it: api.Key, api.List.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.String(), "[")
	return name
}
