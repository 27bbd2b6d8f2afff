package template

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// tagged are the intrinsic functions of CloudFormation by their short tags, and by their long names without Fn::. The
// resolver supports some of them; the others may appear only in parts of the template that are not read.
var tagged = map[string]bool{
	"And": true, "Base64": true, "Cidr": true, "Condition": true, "Contains": true, "EachMemberEquals": true, "EachMemberIn": true,
	"Equals": true, "FindInMap": true, "GetAZs": true, "GetAtt": true, "If": true, "ImportValue": true, "Join": true, "Length": true,
	"Not": true, "Or": true, "Ref": true, "RefAll": true, "Select": true, "Split": true, "Sub": true, "ToJsonString": true,
	"Transform": true, "ValueOf": true, "ValueOfAll": true,
}

// untagged are the functions whose long name has no Fn:: prefix: {Ref: x} and {Condition: x}.
var untagged = map[string]bool{"Ref": true, "Condition": true}

// knownIntrinsics returns an error for the first function that CloudFormation does not have, also in branches that
// are not taken and in sections that are not read.
func (f file) knownIntrinsics(node *yaml.Node) error {
	if name, short := strings.CutPrefix(node.Tag, "!"); short && !strings.HasPrefix(name, "!") && !tagged[name] {
		return f.errorf(node.Line, "%q is not an intrinsic function of CloudFormation", node.Tag)
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			if name, long := strings.CutPrefix(child.Value, "Fn:"); long && !isLong(name) {
				return f.errorf(child.Line, "%q is not an intrinsic function of CloudFormation", child.Value)
			}
		}
		if err := f.knownIntrinsics(child); err != nil {
			return err
		}
	}
	return nil
}

// isLong reports whether a key with this text after Fn: is a function's long name. A loop has a name of its own, as in
// Fn::ForEach::Topics.
func isLong(rest string) bool {
	name, ok := strings.CutPrefix(rest, ":")
	return ok && (tagged[name] && !untagged[name] || strings.HasPrefix(name, "ForEach::"))
}
