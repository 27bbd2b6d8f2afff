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

// schema is a JSON schema, as far as this document needs it.
type schema struct {
	Ref                  string    `json:"$ref,omitempty"`
	Type                 any       `json:"type,omitempty"` // a string, or a []string with null second
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

// refuseEmpty says of a text, or of those in a list, that an empty one is refused. Those of an enum or a format are by
// that.
func (s *schema) refuseEmpty() {
	if s.Items != nil {
		s = s.Items
	}
	if s.Type == "string" && s.Format != "date-time" && len(s.Enum) == 0 {
		s.MinLength = new(1)
	}
}

// nullable returns the schema of what may be null too.
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

// of returns the schema of a type: a reference where it is a schema of the document. A request's
// objects take nothing that they don't name.
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
		return nil, fmt.Errorf("%s and %s are both called %s", there, t, name)
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

// properties writes the fields of a struct that JSON has, those of embedded structs too.
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

// property returns the schema of a field. An answer holds null where a pointer is nil and always
// written. A request may hold it where a pointer may be left out; in a merge patch it is a word.
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

// patched returns what a field of a merge patch holds; nil where the type is no api.Patch.
func patched(t reflect.Type) reflect.Type {
	if t.PkgPath() != reflect.TypeFor[api.Spec]().PkgPath() || !strings.HasPrefix(t.Name(), "Patch[") {
		return nil
	}
	get, _ := t.MethodByName("Get")
	return get.Type.Out(0)
}

// typeName is the type's name as words keeps it: api.Key, api.List.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.String(), "[")
	return name
}
