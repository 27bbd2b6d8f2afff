package template

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// trigger is a function that a user pool invokes.
type trigger struct {
	name     string // as in Function.Triggers
	function string // logical id
	line     int
}

// tokenTrigger returns the function that the user pool invokes before it issues tokens. Other triggers are not read.
func (r *resolver) tokenTrigger(pool *yaml.Node) ([]trigger, error) {
	const name = "PreTokenGeneration"
	config := field(field(pool, "LambdaConfig"), name+"Config")
	if config == nil {
		return nil, nil
	}
	var target string
	if arn := field(config, "LambdaArn"); arn != nil {
		if function, argument, _ := intrinsic(arn); function == "GetAtt" {
			var err error
			if target, err = r.getAttTarget(argument); err != nil {
				return nil, err
			}
		}
	}
	if target == "" {
		return nil, r.errorf(config.Line, "%sConfig needs LambdaArn: !GetAtt <function>.Arn", name)
	}
	var p struct {
		Version string `yaml:"LambdaVersion"`
	}
	if err := r.into(without(config, "LambdaArn"), &p); err != nil {
		return nil, err
	}
	return []trigger{{name + " " + p.Version, strings.TrimSuffix(target, ".Arn"), config.Line}}, nil
}
