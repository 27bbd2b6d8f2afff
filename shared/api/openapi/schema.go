package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

const schemaPrefix = "#/components/schemas/"

var (
	rawType      = reflect.TypeFor[json.RawMessage]()
	timeType     = reflect.TypeFor[time.Time]()
	documentType = reflect.TypeFor[api.Document]()
	textType     = reflect.TypeFor[api.ClearText]()
)

// schema is the subset of JSON Schema that this document uses.
type schema struct {
	Ref                  string    `json:"$ref,omitempty"`
	Type                 any       `json:"type,omitempty"` // a string, or a []string whose second element is null
	AnyOf                []*schema `json:"anyOf,omitempty"`
	Description          string    `json:"description,omitempty"`
	Format               string    `json:"format,omitempty"`
	Pattern              string    `json:"pattern,omitempty"`
	MinLength            *int      `json:"minLength,omitempty"`
	MaxLength            *int      `json:"maxLength,omitempty"`
	Minimum              *int      `json:"minimum,omitempty"`
	Maximum              *int      `json:"maximum,omitempty"`
	Enum                 []any     `json:"enum,omitempty"`
	EnumNames            []string  `json:"x-enum-varnames,omitempty"`
	Default              any       `json:"default,omitempty"`
	Items                *schema   `json:"items,omitempty"`
	MinItems             *int      `json:"minItems,omitempty"`
	MaxItems             *int      `json:"maxItems,omitempty"`
	UniqueItems          bool      `json:"uniqueItems,omitempty"`
	Properties           object    `json:"properties,omitempty"`
	Required             []string  `json:"required,omitempty"`
	AdditionalProperties any       `json:"additionalProperties,omitempty"` // false, or a schema
	Examples             []any     `json:"examples,omitempty"`
}

// refuseEmpty declares that a string, or the strings in a list, must not be empty. An enum or a format
// already excludes the empty string.
func (s *schema) refuseEmpty() {
	if s.Items != nil {
		s = s.Items
	}
	if s.Type == "string" && s.Format != "date-time" && len(s.Enum) == 0 {
		s.MinLength = new(1)
	}
}

// nullable returns the schema of the same value or null.
func (s *schema) nullable() *schema {
	if s.Ref != "" {
		description, examples := s.Description, s.Examples
		s.Description, s.Examples = "", nil
		return &schema{AnyOf: []*schema{s, {Type: "null"}}, Description: description, Examples: examples}
	}
	s.Type = []string{s.Type.(string), "null"}
	if len(s.Enum) > 0 {
		s.Enum = append(s.Enum, nil)
	}
	return s
}

// of returns the schema of a type, by reference if it is a component. Objects in requests allow no
// additional properties.
func (g *generator) of(t reflect.Type, inRequest bool) (*schema, error) {
	switch {
	case t == timeType:
		if inRequest {
			return &schema{Type: "string", Format: "date-time", Pattern: sentPattern}, nil
		}
		return &schema{Type: "string", Format: "date-time", Pattern: timePattern}, nil
	case t == rawType:
		return &schema{Type: "object"}, nil
	case t == textType:
		return &schema{Type: "string", Format: "password"}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem(), inRequest)
	case reflect.Bool:
		return &schema{Type: "boolean"}, nil
	case reflect.Int:
		return &schema{Type: "integer"}, nil
	case reflect.Interface:
		return &schema{}, nil
	case reflect.String:
		if t.PkgPath() == "" {
			return &schema{Type: "string"}, nil
		}
		return g.component(t, func(s *schema) error {
			s.Type, s.Enum = "string", g.words.choices[typeName(t)]
			if len(s.Enum) == 0 {
				return fmt.Errorf("%s: a string type without choices", t)
			}
			s.EnumNames, s.Examples = choiceNames(s.Enum), s.Enum[:1]
			return nil
		})
	case reflect.Slice, reflect.Array:
		items, err := g.of(t.Elem(), inRequest)
		s := &schema{Type: "array", Items: items}
		if t.Kind() == reflect.Array {
			s.MinItems, s.MaxItems = new(t.Len()), new(t.Len())
		}
		return s, err
	case reflect.Map:
		values, err := g.of(t.Elem(), inRequest)
		return &schema{Type: "object", AdditionalProperties: values}, err
	case reflect.Struct:
		reference, err := g.component(t, func(s *schema) error {
			s.Type = "object"
			return g.properties(s, t, inRequest)
		})
		if inRequest {
			g.schemas[schemaName(t)].AdditionalProperties = false
		}
		return reference, err
	}
	return nil, fmt.Errorf("%s: no schema for this kind of type", t)
}

// component declares the schema of a named type, and returns a reference to it.
func (g *generator) component(t reflect.Type, fill func(*schema) error) (*schema, error) {
	name := schemaName(t)
	if there, ok := g.types[name]; ok && there != t {
		return nil, fmt.Errorf("%s and %s are both named %s", there, t, name)
	}
	reference := &schema{Ref: schemaPrefix + name}
	if g.schemas[name] != nil {
		return reference, nil
	}
	words := g.words.types[typeName(t)]
	if goName, _, _ := strings.Cut(t.Name(), "["); strings.HasPrefix(words, goName+" ") {
		words = name + strings.TrimPrefix(words, goName)
	}
	s := &schema{Description: words}
	g.schemas[name], g.types[name] = s, t
	return reference, fill(s)
}

// properties adds the JSON fields of a struct, including those of embedded structs.
func (g *generator) properties(s *schema, t reflect.Type, inRequest bool) error {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && name == "":
			if err := g.properties(s, f.Type, inRequest); err != nil {
				return err
			}
			continue
		case name == "" || name == "-":
			continue
		}
		property, err := g.property(t, f, name, options, inRequest)
		if err != nil {
			return err
		}
		s.Properties = s.Properties.with(name, property)
		if options == "" {
			s.Required = append(s.Required, name)
		}
	}
	return nil
}

// property returns the schema of a field. In a response, a pointer that is always encoded may be null. In a
// request, a pointer that may be omitted may be null. In a merge patch, null removes the value.
func (g *generator) property(t reflect.Type, f reflect.StructField, name, options string, inRequest bool) (*schema, error) {
	held, null := f.Type, f.Type.Kind() == reflect.Pointer && inRequest == (options != "")
	if patched := patched(f.Type); patched != nil {
		held, null = patched, true
	}
	s, err := g.of(held, inRequest)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
	}
	s.Description = g.words.fields[typeName(t)+"."+f.Name]
	c := constraintOf(t, name)
	c.apply(s)
	if inRequest && !slices.Contains(api.Bind(t).MayBeEmpty, name) {
		s.refuseEmpty()
	}
	if null && !c.notNull {
		s = s.nullable()
	}
	return s, nil
}

// patched returns the value type of a merge patch's field, nil if the type is not an api.Patch.
func patched(t reflect.Type) reflect.Type {
	if t.PkgPath() != reflect.TypeFor[api.Spec]().PkgPath() || !strings.HasPrefix(t.Name(), "Patch[") {
		return nil
	}
	get, _ := t.MethodByName("Get")
	return get.Type.Out(0)
}

// typeName returns the type's name as a key of words, such as api.Key or api.List.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.String(), "[")
	return name
}
