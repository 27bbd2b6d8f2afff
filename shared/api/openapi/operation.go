package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// operation returns the description of an operation.
func (g *generator) operation(op api.Spec) (object, error) {
	plan := api.Bind(op.Request)
	g.changes = op.Request.Implements(reflect.TypeFor[api.Change]())
	tag, err := tagOf(op.Name)
	if err != nil {
		return nil, err
	}
	described := object{
		{"tags", []string{tag}}, {"summary", op.Summary}, {"description", description(op)}, {"operationId", operationID(op.Name)},
	}
	parameters, err := g.parameters(op)
	if err != nil {
		return nil, err
	}
	if len(parameters) > 0 {
		described = described.with("parameters", parameters)
	}
	if len(plan.Members) > 0 {
		body, err := g.of(op.Request, true)
		if err != nil {
			return nil, err
		}
		described = described.with("requestBody", object{{"required", true}, {"content", object{{"application/json", g.media(body)}}}})
	}
	success, err := g.success(op, plan)
	if err != nil {
		return nil, err
	}
	responses := object{{strconv.Itoa(op.Status), success}}
	if op.Answer == documentType {
		responses = responses.with(strconv.Itoa(http.StatusNotModified), object{
			{"description", "The document has not changed."}, {"headers", object{{"X-Request-Id", requestID(true)}, {"ETag", etagHeader}}},
		})
	}
	for _, status := range refusals(op, plan) {
		response, err := g.refusal(op, status)
		if err != nil {
			return nil, err
		}
		responses = responses.with(strconv.Itoa(status), response)
	}
	return append(described, member{"responses", responses}, member{"security", security(op.Permission)}), nil
}

func tagOf(name string) (string, error) {
	noun, _, _ := strings.Cut(name, ".")
	for _, t := range tags {
		if slices.Contains(t.nouns, noun) {
			return t.name, nil
		}
	}
	return "", fmt.Errorf("no tag for the noun %q", noun)
}

func description(op api.Spec) string {
	switch op.Permission {
	case api.Public:
		return "Requires no credential."
	case api.HoldKey:
		return "Requires an access key. API Gateway itself returns errors from before the operation, " +
			"as `{\"message\": …}`: 403 for an invalid key, 500 for one that could not be verified."
	}
	return auth.Refusal(op.Permission)
}

func security(p api.Permission) []object {
	switch p {
	case api.Public:
		return []object{}
	case api.HoldKey:
		return []object{{{holding, []string{}}}, {{holder, []string{}}}}
	}
	return []object{{{bearer, []string{}}}}
}

// parameters returns the descriptions of a request's parameters outside the body.
func (g *generator) parameters(op api.Spec) (all []object, err error) {
	var add func(t reflect.Type) error
	add = func(t reflect.Type) error {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				if err := add(f.Type); err != nil {
					return err
				}
				continue
			}
			for _, place := range []api.Place{api.InPath, api.InQuery, api.InHeader} {
				if name, ok := f.Tag.Lookup(string(place)); ok {
					p, err := g.parameter(op, t, f, place, name)
					if err != nil {
						return err
					}
					all = append(all, p)
				}
			}
		}
		return nil
	}
	return all, add(op.Request)
}

func (g *generator) parameter(op api.Spec, t reflect.Type, f reflect.StructField, place api.Place, name string) (object, error) {
	s, err := g.of(f.Type, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := constraintOf(t, name)
	words := g.words.fields[typeName(t)+"."+f.Name]
	if place == api.InPath {
		c, words = ofPath(op.Path)
	}
	if s.Ref != "" && len(c.Enum) > 0 { // only some of the type's choices
		s = &schema{Type: "string"}
	}
	c.apply(s)
	if f.Tag.Get("empty") == "" {
		s.refuseEmpty()
	}
	examples := g.resolve(s).Examples
	if len(examples) == 0 {
		return nil, fmt.Errorf("%s: no example", name)
	}
	s.Examples = nil
	p := object{{"name", name}, {"in", string(place)}, {"required", place == api.InPath}}
	if words != "" {
		p = p.with("description", words)
	}
	return append(p, member{"schema", s}, member{"example", examples[0]}), nil
}

// ofPath returns the constraint and description of the {id} in a path. A malformed id is not found.
func ofPath(path string) (constraint, string) {
	for _, noun := range []struct {
		path, words string
		constraint
	}{
		{"/v1/applications/", "The id of the application.", applicationID},
		{"/v1/arxes/", "The id of the Arx.", arxID},
		{"/v1/keys/", "The id of the API key.", keyID},
		{"/v1/check/", "The Arx that the gateway serves, or * for any. Keys of other Arxes are refused.", id("", api.ArxPrefix+"01J9Zk3V8QpTfW2x").matching(`^(\*|` + api.ArxPrefix + base62 + fmt.Sprintf(`{%d})$`, api.IDChars))},
		{"/v1/management-keys/", "The id of the management key.", managementKeyID},
	} {
		if strings.HasPrefix(path, noun.path) {
			return noun.constraint, noun.words
		}
	}
	return constraint{}, ""
}

// success returns the description of an operation's successful response.
func (g *generator) success(op api.Spec, plan api.Binding) (object, error) {
	body := &schema{Type: "object", Description: "An OpenAPI 3.1 document."}
	if op.Answer != documentType {
		var err error
		if body, err = g.of(op.Answer, false); err != nil {
			return nil, err
		}
	}
	return object{
		{"description", http.StatusText(op.Status)}, {"headers", successHeaders(op, plan)},
		{"content", object{{"application/json", g.media(body)}}},
	}, nil
}

// media returns a body with an example.
func (g *generator) media(s *schema) object {
	return object{{"schema", s}, {"example", g.example(s)}}
}
