package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// noValue is the pseudo parameter that removes a property.
const noValue = "AWS::NoValue"

// maxDepth limits nesting and cycles of conditions.
const maxDepth = 100

// resolver replaces the intrinsic functions of a template with their values.
type resolver struct {
	file
	parameters map[string]string
	attributes map[string]string
	conditions map[string]*yaml.Node
	depth      int
}

// resolve returns a copy of the node in which every intrinsic function is replaced by its value. The copy is nil if the
// value is AWS::NoValue.
func (r *resolver) resolve(node *yaml.Node) (*yaml.Node, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, r.errorf(node.Line, "the template is nested too deeply")
	}
	defer func() { r.depth-- }()

	if node.Kind == yaml.AliasNode {
		return nil, r.errorf(node.Line, "CloudFormation does not support aliases; repeat the value")
	}
	if name, argument, ok := intrinsic(node); ok {
		return r.call(name, argument)
	}
	out := *node
	out.Content = nil
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			value, err := r.resolve(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			if value != nil {
				out.Content = append(out.Content, node.Content[i], value)
			}
		}
	case yaml.SequenceNode:
		for _, item := range node.Content {
			value, err := r.resolve(item)
			if err != nil {
				return nil, err
			}
			if value != nil {
				out.Content = append(out.Content, value)
			}
		}
	}
	return &out, nil
}

// into resolves the node and decodes the result into the value. A nil node leaves the value unchanged.
func (r *resolver) into(node *yaml.Node, value any) error {
	if node == nil || node.IsZero() {
		return nil
	}
	resolved, err := r.resolve(node)
	if err != nil || resolved == nil {
		return err
	}
	return r.decode(resolved, value)
}

// intrinsic reports whether the node is an intrinsic function, in its short form (!Ref x) or its long form
// ({"Fn::Sub": x}), and returns its name without Fn:: and its argument.
func intrinsic(node *yaml.Node) (name string, argument *yaml.Node, ok bool) {
	if tag := node.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		plain := *node
		plain.Tag = ""
		if plain.Kind == yaml.ScalarNode {
			plain.Tag = "!!str"
		}
		return tag[1:], &plain, true
	}
	if node.Kind != yaml.MappingNode || len(node.Content) != 2 {
		return "", nil, false
	}
	key := node.Content[0].Value
	if key == "Ref" || strings.HasPrefix(key, "Fn::") {
		return strings.TrimPrefix(key, "Fn::"), node.Content[1], true
	}
	return "", nil, false
}

// call returns the value of an intrinsic function. An unsupported function is an error, because a guess could be
// silently wrong.
func (r *resolver) call(name string, argument *yaml.Node) (*yaml.Node, error) {
	line := argument.Line
	switch name {
	case "Ref":
		if argument.Value == noValue {
			return nil, nil
		}
		return r.value(line, "!Ref", argument.Value)
	case "GetAtt":
		target, err := r.getAttTarget(argument)
		if err != nil {
			return nil, err
		}
		return r.value(line, "!GetAtt", target)
	case "Sub":
		return r.sub(argument)
	case "Join":
		return r.join(argument)
	case "Select":
		return r.pick(argument)
	case "Split":
		return r.split(argument)
	case "If":
		return r.choose(argument)
	}
	return nil, r.errorf(line, "!%s is not supported; use !Ref, !GetAtt, !Sub, !Join, !Select, !Split or !If, or add it to infra/template", name)
}

// value returns the value of a parameter or an attribute.
func (r *resolver) value(line int, function, name string) (*yaml.Node, error) {
	value, ok := r.parameters[name]
	if !ok || function == "!GetAtt" {
		value, ok = r.attributes[name]
	}
	if !ok {
		return nil, r.errorf(line, "%s %s has no value; declare a parameter of that name, or add it to Options.Attributes", function, name)
	}
	return text(line, value), nil
}

// getAttTarget returns the argument of !GetAtt in its dotted form.
func (r *resolver) getAttTarget(argument *yaml.Node) (string, error) {
	switch argument.Kind {
	case yaml.ScalarNode:
		return argument.Value, nil
	case yaml.SequenceNode:
		var parts []string
		if err := r.decode(argument, &parts); err != nil {
			return "", err
		}
		return strings.Join(parts, "."), nil
	}
	return "", r.errorf(argument.Line, "!GetAtt takes Resource.Attribute")
}

// sub returns the value of !Sub, with or without variables of its own. ${!x} becomes the literal ${x}.
func (r *resolver) sub(argument *yaml.Node) (*yaml.Node, error) {
	pattern, own := argument, entries(nil)
	if argument.Kind == yaml.SequenceNode {
		if len(argument.Content) != 2 {
			return nil, r.errorf(argument.Line, "!Sub takes a text, or a text and its variables")
		}
		pattern = argument.Content[0]
		if err := r.decode(argument.Content[1], &own); err != nil {
			return nil, err
		}
	}
	if pattern.Kind != yaml.ScalarNode {
		return nil, r.errorf(pattern.Line, "!Sub takes a text, or a text and its variables")
	}
	var b strings.Builder
	rest := pattern.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return text(pattern.Line, b.String()), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return nil, r.errorf(pattern.Line, "!Sub: ${%s has no closing brace", after)
		}
		rest = tail
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		value, err := r.variable(pattern.Line, strings.TrimSpace(name), own)
		if err != nil {
			return nil, err
		}
		b.WriteString(value)
	}
}

func (r *resolver) variable(line int, name string, own entries) (string, error) {
	if i := slices.IndexFunc(own, func(e entry) bool { return e.name == name }); i >= 0 {
		var value string
		return value, r.into(own[i].value, &value)
	}
	function := "!Ref"
	if strings.Contains(name, ".") {
		function = "!GetAtt"
	}
	node, err := r.value(line, function, name)
	if err != nil {
		return "", err
	}
	return node.Value, nil
}

func (r *resolver) join(argument *yaml.Node) (*yaml.Node, error) {
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != 2 || argument.Content[0].Kind != yaml.ScalarNode {
		return nil, r.errorf(argument.Line, "!Join takes a separator and a list")
	}
	var parts []string
	if err := r.into(argument.Content[1], &parts); err != nil {
		return nil, err
	}
	return text(argument.Line, strings.Join(parts, argument.Content[0].Value)), nil
}

// pick returns the value of !Select, which counts from 0.
func (r *resolver) pick(argument *yaml.Node) (*yaml.Node, error) {
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != 2 {
		return nil, r.errorf(argument.Line, "!Select takes an index and a list")
	}
	var index int
	if err := r.into(argument.Content[0], &index); err != nil {
		return nil, err
	}
	list, err := r.resolve(argument.Content[1])
	if err != nil {
		return nil, err
	}
	if list == nil || list.Kind != yaml.SequenceNode || index < 0 || index >= len(list.Content) {
		return nil, r.errorf(argument.Line, "!Select: there is no element %d", index)
	}
	return list.Content[index], nil
}

func (r *resolver) split(argument *yaml.Node) (*yaml.Node, error) {
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != 2 || argument.Content[0].Kind != yaml.ScalarNode {
		return nil, r.errorf(argument.Line, "!Split takes a separator and a text")
	}
	var whole string
	if err := r.into(argument.Content[1], &whole); err != nil {
		return nil, err
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: argument.Line}
	for part := range strings.SplitSeq(whole, argument.Content[0].Value) {
		list.Content = append(list.Content, text(argument.Line, part))
	}
	return list, nil
}

// choose returns the value of !If. The other branch is not resolved.
func (r *resolver) choose(argument *yaml.Node) (*yaml.Node, error) {
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != 3 {
		return nil, r.errorf(argument.Line, "!If takes a condition and two values")
	}
	holds, err := r.condition(argument.Content[0].Value, argument.Line)
	if err != nil {
		return nil, err
	}
	if holds {
		return r.resolve(argument.Content[1])
	}
	return r.resolve(argument.Content[2])
}

// text returns a string node.
func text(line int, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: line}
}
