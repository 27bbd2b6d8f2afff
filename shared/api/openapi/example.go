package openapi

import "strings"

// resolve returns the schema that a reference refers to, or the schema itself if it is not a reference.
func (g *generator) resolve(s *schema) *schema {
	if name, ok := strings.CutPrefix(s.Ref, schemaPrefix); ok {
		return g.schemas[name]
	}
	return s
}

// example returns an example of the schema, composed of the examples of its parts.
func (g *generator) example(s *schema) any {
	s = g.resolve(s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.AnyOf) > 0:
		return g.example(s.AnyOf[0])
	case len(s.Properties) > 0:
		example := object{}
		for _, p := range s.Properties {
			// A response with a notice lacks the access key of this example.
			if p.name == "notice" || p.name == "effective_by" && !g.changes {
				continue
			}
			example = example.with(p.name, g.example(p.value.(*schema)))
		}
		return example
	case s.Items != nil:
		return []any{g.example(s.Items)}
	case s.Type == "object":
		return object{}
	}
	return nil
}
