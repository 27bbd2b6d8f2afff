package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file is the template's file name, for error messages.
type file string

// errorf returns an error that begins with the file and the line.
func (f file) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", f, line, fmt.Errorf(format, args...))
}

// decode is node.Decode with the file's name added to its errors, which contain the line already.
func (f file) decode(node *yaml.Node, into any) error {
	if err := node.Decode(into); err != nil {
		return f.located(err, node.Line)
	}
	return nil
}

// located turns an error of the YAML library into one line that begins with the file and the line: the line in the
// error, or else the given one.
func (f file) located(err error, line int) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text = strings.ReplaceAll(text, "\n  ", "; ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		return fmt.Errorf("%s:%s", f, rest)
	}
	return f.errorf(line, "%s", text)
}

// entries is a mapping in the order of the file.
type entries []entry

// entry is one key of a mapping, with the line of the key.
type entry struct {
	name  string
	line  int
	value *yaml.Node
}

// UnmarshalYAML reads a mapping. It refuses any other node, and repeated keys.
func (e *entries) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: this must be a mapping", node.Line)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if seen[key.Value] {
			return fmt.Errorf("line %d: %s is defined twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		if value.Kind == yaml.AliasNode {
			return fmt.Errorf("line %d: CloudFormation does not support aliases; repeat the value", value.Line)
		}
		*e = append(*e, entry{name: key.Value, line: key.Line, value: value})
	}
	return nil
}

// field returns the value of a key of a mapping, or nil.
func field(node *yaml.Node, name string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}
