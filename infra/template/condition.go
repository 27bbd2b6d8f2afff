package template

import (
	"go.yaml.in/yaml/v3"
)

// condition reports whether the condition of Conditions holds.
func (r *resolver) condition(name string, line int) (bool, error) {
	node, ok := r.conditions[name]
	if !ok {
		return false, r.errorf(line, "the condition %q is not defined in Conditions", name)
	}
	return r.holds(node)
}

func (r *resolver) holds(node *yaml.Node) (bool, error) {
	if r.depth++; r.depth > maxDepth {
		return false, r.errorf(node.Line, "the conditions refer to each other in a cycle")
	}
	defer func() { r.depth-- }()

	name, argument, ok := intrinsic(node)
	if !ok {
		name, argument, ok = conditionReference(node)
	}
	if !ok {
		return false, r.errorf(node.Line, "a condition must be !Equals, !Not, !And, !Or or !Condition")
	}
	switch name {
	case "Condition":
		return r.condition(argument.Value, argument.Line)
	case "Equals":
		var sides []string
		if err := r.into(argument, &sides); err != nil {
			return false, err
		}
		if len(sides) != 2 {
			return false, r.errorf(argument.Line, "!Equals takes two values")
		}
		return sides[0] == sides[1], nil
	}
	if argument.Kind != yaml.SequenceNode || len(argument.Content) == 0 {
		return false, r.errorf(argument.Line, "!%s takes a list of conditions", name)
	}
	switch name {
	case "Not":
		holds, err := r.holds(argument.Content[0])
		return !holds, err
	case "And", "Or":
		for _, part := range argument.Content {
			holds, err := r.holds(part)
			if err != nil || holds == (name == "Or") {
				return holds, err
			}
		}
		return name == "And", nil
	}
	return false, r.errorf(argument.Line, "!%s is not a condition; use !Equals, !Not, !And, !Or or !Condition", name)
}

// conditionReference reads the long form {Condition: Name}.
func conditionReference(node *yaml.Node) (string, *yaml.Node, bool) {
	if value := field(node, "Condition"); value != nil && len(node.Content) == 2 {
		return "Condition", value, true
	}
	return "", nil, false
}
