package template

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// leadingKeys is the condition key for the partition keys of a request to DynamoDB.
const leadingKeys = "dynamodb:LeadingKeys"

// words is a string or a list of strings, as in policies.
type words []string

// UnmarshalYAML reads either form.
func (w *words) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*w = words{node.Value}
		return nil
	}
	return node.Decode((*[]string)(w))
}

// policies reads the inline statements of the function. SAM's policy templates and ARNs of policies are refused: they
// hide what a function may do.
func (r *resolver) policies(node *yaml.Node) ([]Statement, error) {
	if node == nil {
		return nil, nil
	}
	resolved, err := r.resolve(node)
	if err != nil || resolved == nil {
		return nil, err
	}
	list := []*yaml.Node{resolved}
	if resolved.Kind == yaml.SequenceNode {
		list = resolved.Content
	}
	var statements []Statement
	for _, policy := range list {
		node := field(policy, "Statement")
		if node == nil {
			return nil, r.errorf(policy.Line, "a policy must be a list of inline statements, so that the function shows what it may do")
		}
		each := []*yaml.Node{node}
		if node.Kind == yaml.SequenceNode {
			each = node.Content
		}
		for _, s := range each {
			statement, err := r.statement(s)
			if err != nil {
				return nil, err
			}
			statements = append(statements, statement)
		}
	}
	return statements, nil
}

func (r *resolver) statement(node *yaml.Node) (Statement, error) {
	var s struct {
		Effect    string                      `yaml:"Effect"`
		Action    words                       `yaml:"Action"`
		Resource  words                       `yaml:"Resource"`
		Condition map[string]map[string]words `yaml:"Condition"`

		NotAction   words `yaml:"NotAction"`
		NotResource words `yaml:"NotResource"`
	}
	if err := r.decode(node, &s); err != nil {
		return Statement{}, err
	}
	if s.Effect == "" || len(s.Action) == 0 || len(s.Resource) == 0 || s.NotAction != nil || s.NotResource != nil {
		return Statement{}, r.errorf(node.Line, "a statement must have Effect, Action and Resource, and neither NotAction nor NotResource")
	}
	out := Statement{Effect: s.Effect, Actions: s.Action, Resources: s.Resource, Line: node.Line}
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
			out.Conditions = append(out.Conditions, operator+" "+key)
			if operator == "ForAllValues:StringLike" && key == leadingKeys {
				out.LeadingKeys = s.Condition[operator][key]
			}
		}
	}
	return out, nil
}
