package stack

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/schedules"
	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/template"
)

const templateFile = "template.yaml"

// standardAudience is the audience of the API in tokens of the standard shape.
const standardAudience = "arxkeys-api"

// definition is template.yaml with the values of this laptop.
type definition struct {
	*template.Template
	text string // the text of the file
}

// read reads template.yaml with the values of this laptop.
func (s *Stack) read() (*definition, error) {
	file := filepath.Join(s.config.Root, templateFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parameters := map[string]string{
		"TenantClaim":   "tenant",
		"OidcIssuer":    s.issuer(),
		"OidcJwksUrl":   signin.Endpoints(s.issuer()).JWKS,
		"OidcClientIds": signin.ClientID + "," + signin.CommandLineClientID,
		"OidcAudience":  s.audience(),
	}
	maps.Copy(parameters, s.config.Parameters)
	arn := "arn:aws:dynamodb:" + engine.Region + ":000000000000:table/" + s.config.TableName
	t, err := template.Read(file, template.Options{
		Parameters: parameters,
		Attributes: map[string]string{
			"Table": s.config.TableName, "Table.Arn": arn, "Table.StreamArn": arn + "/stream/local",
			"HttpApi": "local", "AWS::Region": engine.Region, "AWS::AccountId": "000000000000", "AWS::Partition": "aws",
			"AWS::StackName": "local", "AWS::URLSuffix": "localhost",
		},
	})
	if err != nil {
		return nil, err
	}
	for _, f := range t.Functions {
		if f.Name() == f.CodeURI {
			return nil, fmt.Errorf("%s:%d: the CodeUri of %s is %s; it must be build/functions/<noun>/<verb>", templateFile, f.Line, f.LogicalID, f.CodeURI)
		}
	}
	for _, a := range t.Authorizers {
		if a.PayloadVersion != "2.0" || !a.Simple {
			return nil, fmt.Errorf("%s:%d: the authorizer %s needs AuthorizerPayloadFormatVersion: '2.0' and EnableSimpleResponses: true; infra/local supports no others", templateFile, a.Line, a.Name)
		}
		if _, err := newAuthorizer(t, a, nil); err != nil { // report errors before anything is built
			return nil, err
		}
	}
	return &definition{t, string(text)}, nil
}

func (s *Stack) issuer() string { return s.url + "/oidc" }

// callbacks returns where the sign-in may redirect to: the console of this stack, and the one of the parameter ConsoleUrl.
func (s *Stack) callbacks() []string {
	uris := []string{s.url + "/callback"}
	if other, ok := s.config.Parameters["ConsoleUrl"]; ok {
		uris = append(uris, other+"/callback")
	}
	return uris
}

// audience returns the audience of access tokens for the API. Cognito's have none.
func (s *Stack) audience() string {
	if s.config.Shape == signin.Standard {
		return standardAudience
	}
	return ""
}

// names returns the functions' names, such as keys/create.
func (d *definition) names() []string {
	var names []string
	for _, f := range d.Functions {
		names = append(names, f.Name())
	}
	return names
}

// makeFunctions returns the functions, by logical id. None is started.
func (s *Stack) makeFunctions(d *definition) map[string]*lambda.Function {
	functions := map[string]*lambda.Function{}
	for _, f := range d.Functions {
		env := maps.Clone(f.Environment)
		env["AWS_ENDPOINT_URL_DYNAMODB"] = s.engine.Endpoint
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = s.engine.AccessKey, engine.SecretKey
		env["AWS_SESSION_TOKEN"] = f.LogicalID // ignored by engines; tells a relay in front of the engine which function calls
		functions[f.LogicalID] = lambda.New(lambda.Config{
			Name: f.LogicalID, Binary: build.Binary(s.config.Root, f.Name()), Environment: env, Region: engine.Region,
			Timeout: f.Timeout, MemoryMB: f.MemoryMB, MaxEnvironments: s.config.MaxEnvironments, IdleTimeout: s.config.IdleTimeout,
			Output: func(line string) { s.say.from(f.Name(), line) },
		})
	}
	return functions
}

// routes returns every route of the template, with its authorizer.
func routes(d *definition, functions map[string]*lambda.Function) ([]gateway.Route, error) {
	authorizers := map[string]*gateway.Authorizer{}
	for _, a := range d.Authorizers {
		authorizer, err := newAuthorizer(d.Template, a, functions[a.Function])
		if err != nil {
			return nil, err
		}
		authorizers[a.Name] = authorizer
	}
	var routes []gateway.Route
	for _, f := range d.Functions {
		for _, r := range f.Routes {
			routes = append(routes, gateway.Route{
				Method: r.Method, Path: r.Path, Function: f.Name(), Invoke: functions[f.LogicalID].Invoke, Authorizer: authorizers[r.Authorizer],
			})
		}
	}
	return routes, nil
}

func newAuthorizer(t *template.Template, a template.Authorizer, f *lambda.Function) (*gateway.Authorizer, error) {
	named, _ := t.Function(a.Function) // template.Read has checked that it exists
	authorizer, err := gateway.NewAuthorizer(named.Name(), a.Identity, a.TTL, f.Invoke)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: the authorizer %s: %w", templateFile, a.Line, a.Name, err)
	}
	return authorizer, nil
}

// schedulesOf returns every schedule of the template.
func schedulesOf(d *definition, functions map[string]*lambda.Function) ([]schedules.Schedule, error) {
	var all []schedules.Schedule
	for _, f := range d.Functions {
		for _, sc := range f.Schedules {
			every, err := schedules.Rate(sc.Expression)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %s of %s: %w", templateFile, sc.Line, sc.Name, f.LogicalID, err)
			}
			invoke := functions[f.LogicalID].Invoke
			all = append(all, schedules.Schedule{
				Name: f.Name() + " " + sc.Name, Every: every, Input: sc.Input,
				Invoke: func(ctx context.Context, event []byte) error {
					_, err := invoke(ctx, event)
					return err
				},
			})
		}
	}
	return all, nil
}
