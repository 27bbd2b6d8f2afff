package template

import (
	"maps"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Function is one AWS::Serverless::Function, with the values of Globals filled in.
type Function struct {
	LogicalID    string
	CodeURI      string // the folder of the binary, such as build/functions/keys/create
	Handler      string
	Runtime      string
	Architecture string // arm64 or x86_64; x86_64 by default, as on AWS
	Timeout      time.Duration
	MemoryMB     int
	Environment  map[string]string
	Routes       []Route
	Schedules    []Schedule
	Triggers     []string // what of the user pool invokes it, with the version of its events: PreTokenGeneration V2_0
	Policies     []Statement
	Line         int // of the template, for messages
}

// Name returns the function's folder under functions/, such as keys/create, or the whole CodeUri if it is elsewhere.
func (f Function) Name() string { return strings.TrimPrefix(f.CodeURI, functionsFolder) }

const functionsFolder = "build/functions/"

// Route maps a method and a path to a function.
type Route struct {
	Method     string // in upper case; ANY for all
	Path       string // may contain {id} and end in {proxy+}
	Authorizer string // its name; empty if there is none
	Line       int
}

// Key returns the route as API Gateway names it: "GET /v1/keys/{id}".
func (r Route) Key() string { return r.Method + " " + r.Path }

// Schedule is when EventBridge invokes a function.
type Schedule struct {
	Name       string // of the event in the template
	Expression string // such as rate(5 minutes), as it is written
	Input      string // the event's JSON; empty for EventBridge's own
	Line       int
}

// Statement is one statement of a function's own policy.
type Statement struct {
	Effect      string
	Actions     []string
	Resources   []string
	LeadingKeys []string // patterns of partition keys that the condition allows; empty if it does not limit them
	Conditions  []string // the condition's operators and keys, such as "ForAllValues:StringLike dynamodb:LeadingKeys"
	Line        int
}

// functionProperties are the properties of a function, and of Globals.Function.
type functionProperties struct {
	CodeURI       string   `yaml:"CodeUri"`
	Handler       string   `yaml:"Handler"`
	Runtime       string   `yaml:"Runtime"`
	Architectures []string `yaml:"Architectures"`
	MemorySize    int      `yaml:"MemorySize"`
	Timeout       int      `yaml:"Timeout"`
	Environment   struct {
		Variables map[string]string `yaml:"Variables"`
	} `yaml:"Environment"`
}

// functionGlobals reads Globals.Function. The defaults are AWS's.
func (r *resolver) functionGlobals(node *yaml.Node) (functionProperties, error) {
	p := functionProperties{Architectures: []string{"x86_64"}, MemorySize: 128, Timeout: 3}
	return p, r.into(node, &p)
}

func (r *resolver) function(e entry, properties *yaml.Node, globals functionProperties) (Function, error) {
	p := globals
	p.Environment.Variables = nil
	// Events, policies, log groups and dead-letter queues refer to resources that have no value outside AWS. Events and
	// policies are read separately below.
	own := without(properties, "Events", "Policies", "Role", "LoggingConfig", "DeadLetterQueue")
	if err := r.into(own, &p); err != nil {
		return Function{}, err
	}
	env := maps.Clone(globals.Environment.Variables)
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, p.Environment.Variables)

	f := Function{
		LogicalID: e.name, CodeURI: path.Clean(p.CodeURI), Handler: p.Handler, Runtime: p.Runtime,
		MemoryMB: p.MemorySize, Timeout: time.Duration(p.Timeout) * time.Second, Environment: env, Line: e.line,
	}
	switch {
	case p.CodeURI == "":
		return Function{}, r.errorf(e.line, "%s has no CodeUri; it is build/functions/<noun>/<verb>", e.name)
	case len(p.Architectures) != 1:
		return Function{}, r.errorf(e.line, "%s needs exactly one value in Architectures", e.name)
	case p.Timeout < 1 || p.Timeout > 900:
		return Function{}, r.errorf(e.line, "the Timeout of %s is %d seconds; AWS allows 1 to 900", e.name, p.Timeout)
	}
	f.Architecture = p.Architectures[0]

	if err := r.events(field(properties, "Events"), &f); err != nil {
		return Function{}, err
	}
	var err error
	f.Policies, err = r.policies(field(properties, "Policies"))
	return f, err
}

// without returns the mapping without the named keys.
func without(node *yaml.Node, names ...string) *yaml.Node {
	out := *node
	out.Content = nil
next:
	for i := 0; i+1 < len(node.Content); i += 2 {
		for _, name := range names {
			if node.Content[i].Value == name {
				continue next
			}
		}
		out.Content = append(out.Content, node.Content[i], node.Content[i+1])
	}
	return &out
}

// events reads the events that invoke the function.
func (r *resolver) events(node *yaml.Node, f *Function) error {
	if node == nil {
		return nil
	}
	var events entries
	if err := r.decode(node, &events); err != nil {
		return err
	}
	for _, e := range events {
		var event struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		}
		if err := r.decode(e.value, &event); err != nil {
			return err
		}
		var p struct {
			Method string `yaml:"Method"`
			Path   string `yaml:"Path"`
			Auth   struct {
				Authorizer string `yaml:"Authorizer"`
			} `yaml:"Auth"`
			Schedule   string `yaml:"Schedule"`
			Expression string `yaml:"ScheduleExpression"`
			Input      string `yaml:"Input"`
			Enabled    *bool  `yaml:"Enabled"`
			State      string `yaml:"State"`
		}
		if err := r.into(without(&event.Properties, "ApiId", "RoleArn", "DeadLetterConfig", "RetryPolicy"), &p); err != nil {
			return err
		}
		switch event.Type {
		case "HttpApi":
			if !strings.HasPrefix(p.Path, "/") || p.Method == "" {
				return r.errorf(e.line, "the route %s of %s needs a Method and a Path that begins with /", e.name, f.LogicalID)
			}
			f.Routes = append(f.Routes, Route{
				Method: strings.ToUpper(p.Method), Path: p.Path, Authorizer: authorizerName(p.Auth.Authorizer), Line: e.line,
			})
		case "Schedule", "ScheduleV2":
			expression := p.Schedule + p.Expression // only one of them is set, depending on the type
			if expression == "" {
				return r.errorf(e.line, "the schedule %s of %s has no expression", e.name, f.LogicalID)
			}
			if p.State == "DISABLED" || p.Enabled != nil && !*p.Enabled {
				continue
			}
			f.Schedules = append(f.Schedules, Schedule{
				Name: e.name, Expression: expression, Input: p.Input, Line: e.line,
			})
		default:
			return r.errorf(e.line, "the event %s of %s is of type %q; only HttpApi, Schedule and ScheduleV2 are supported", e.name, f.LogicalID, event.Type)
		}
	}
	return nil
}

// authorizerName returns the name, or an empty string for NONE, which SAM uses for no authorizer.
func authorizerName(name string) string {
	if name == "NONE" {
		return ""
	}
	return name
}
