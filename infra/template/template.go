// Package template reads template.yaml: the functions with their routes, policies and environment, and the table.
//
// It resolves only the parts that it reads: a reference to something that does not exist outside AWS is no error unless
// one of these parts depends on it. But an unknown intrinsic function is refused anywhere in the file: it is a typing
// mistake, which AWS would report only at deployment.
package template

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Template is the contents of template.yaml, in the order of the file.
type Template struct {
	Functions   []Function
	Authorizers []Authorizer
	Table       Table
	Parameters  map[string]string // by name: the value in Options, or the default
}

// Options are values that AWS would supply.
type Options struct {
	// Parameters are the stack's parameters. A missing parameter has its default. A name that the template does not
	// declare is an error.
	Parameters map[string]string

	// Attributes are the values of !Ref and !GetAtt of resources, and of pseudo parameters: "Table", "Table.Arn",
	// "AWS::Region".
	Attributes map[string]string

	// NoTable is set for a template of a user's own API: it uses the table of another stack.
	NoTable bool
}

// Read reads the file. An error is one line that contains the line number in the file and says how to fix it. A file
// without Resources, without functions or without exactly one table, or none with NoTable, is refused.
func Read(path string, options Options) (*Template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	return parse(filepath.Base(path), text, options)
}

// Function returns the function with the logical id, and whether it exists.
func (t *Template) Function(logicalID string) (Function, bool) {
	for _, f := range t.Functions {
		if f.LogicalID == logicalID {
			return f, true
		}
	}
	return Function{}, false
}

// document is the parts of the file that are read. Every field has a tag, because without one the decoder silently
// looks for the name in lower case. Nodes are not pointers, because the decoder would leave a *yaml.Node empty.
type document struct {
	Parameters entries `yaml:"Parameters"`
	Conditions entries `yaml:"Conditions"`
	Globals    struct {
		Function yaml.Node `yaml:"Function"`
	} `yaml:"Globals"`
	Resources entries `yaml:"Resources"`
}

// resource is one entry of Resources.
type resource struct {
	Type       string    `yaml:"Type"`
	Condition  string    `yaml:"Condition"`
	Properties yaml.Node `yaml:"Properties"`
}

// open returns the parts of the file, and a resolver of their intrinsic functions.
func (in file) open(text []byte, options Options) (*document, *resolver, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, nil, in.located(err, 1)
	}
	if len(root.Content) == 0 {
		return nil, nil, fmt.Errorf("%s: the file is empty", in)
	}
	if err := in.knownIntrinsics(root.Content[0]); err != nil {
		return nil, nil, err
	}
	doc := new(document)
	if err := in.decode(root.Content[0], doc); err != nil {
		return nil, nil, err
	}
	if len(doc.Resources) == 0 {
		return nil, nil, fmt.Errorf("%s: there are no Resources", in)
	}
	r := &resolver{file: in, attributes: options.Attributes, conditions: map[string]*yaml.Node{}}
	for _, c := range doc.Conditions {
		r.conditions[c.name] = c.value
	}
	var err error
	r.parameters, err = in.parameters(doc.Parameters, options.Parameters)
	return doc, r, err
}

func parse(name string, text []byte, options Options) (*Template, error) {
	in := file(name)
	doc, r, err := in.open(text, options)
	if err != nil {
		return nil, err
	}
	t := &Template{Parameters: r.parameters}
	globals, err := r.functionGlobals(&doc.Globals.Function)
	if err != nil {
		return nil, err
	}

	tables := 0
	var triggers []trigger
	for _, e := range doc.Resources {
		var res resource
		if err := in.decode(e.value, &res); err != nil {
			return nil, err
		}
		if res.Condition != "" {
			there, err := r.condition(res.Condition, e.value.Line)
			if err != nil {
				return nil, err
			}
			if !there {
				continue
			}
		}
		properties := &res.Properties
		if properties.IsZero() {
			*properties = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: e.line}
		}
		switch res.Type {
		case "":
			return nil, in.errorf(e.line, "%s has no Type", e.name)
		case "AWS::Serverless::Function":
			f, err := r.function(e, properties, globals)
			if err != nil {
				return nil, err
			}
			t.Functions = append(t.Functions, f)
		case "AWS::Serverless::HttpApi":
			a, err := r.authorizers(properties)
			if err != nil {
				return nil, err
			}
			t.Authorizers = append(t.Authorizers, a...)
		case "AWS::Cognito::UserPool":
			pool, err := r.tokenTrigger(properties)
			if err != nil {
				return nil, err
			}
			triggers = append(triggers, pool...)
		case "AWS::DynamoDB::Table":
			tables++
			if t.Table, err = r.table(e, properties); err != nil {
				return nil, err
			}
		}
	}
	if len(t.Functions) == 0 {
		return nil, fmt.Errorf("%s: there is no AWS::Serverless::Function under Resources", name)
	}
	switch {
	case options.NoTable && tables > 0:
		return nil, fmt.Errorf("%s: there are %d resources of type AWS::DynamoDB::Table; there must be none", name, tables)
	case !options.NoTable && tables != 1:
		return nil, fmt.Errorf("%s: there are %d resources of type AWS::DynamoDB::Table; there must be exactly one", name, tables)
	}
	for _, trigger := range triggers {
		i := slices.IndexFunc(t.Functions, func(f Function) bool { return f.LogicalID == trigger.function })
		if i < 0 {
			return nil, in.errorf(trigger.line, "the trigger %s names the function %s, which is not in the template", trigger.name, trigger.function)
		}
		t.Functions[i].Triggers = append(t.Functions[i].Triggers, trigger.name)
	}
	return t, t.check(in)
}

// check returns an error for inconsistent parts, such as two functions with one route, or a missing authorizer.
func (t *Template) check(in file) error {
	routes := map[string]string{}
	for _, f := range t.Functions {
		for _, route := range f.Routes {
			key := route.Key()
			if other, taken := routes[key]; taken {
				return in.errorf(route.Line, "%s and %s both have the route %s; give it to one of them", other, f.LogicalID, key)
			}
			routes[key] = f.LogicalID
			if route.Authorizer != "" && !t.hasAuthorizer(route.Authorizer) {
				return in.errorf(route.Line, "the authorizer %s of %s is not in Auth.Authorizers of the AWS::Serverless::HttpApi", route.Authorizer, f.LogicalID)
			}
		}
	}
	for _, a := range t.Authorizers {
		if _, there := t.Function(a.Function); !there {
			return in.errorf(a.Line, "the authorizer %s names the function %s, which is not in the template", a.Name, a.Function)
		}
	}
	return nil
}

func (t *Template) hasAuthorizer(name string) bool {
	for _, a := range t.Authorizers {
		if a.Name == name {
			return true
		}
	}
	return false
}
