package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"go.yaml.in/yaml/v3"
)

// These variables configure the simulated SAM CLI, which is this test binary.
const (
	simulatedSAM  = "SIMULATED_SAM"  // set: be the SAM CLI
	simulatedEdge = "SIMULATED_EDGE" // the address of the stack's distribution
	samEndpoint   = "SAM_ENDPOINT"   // AWS's address; its paths /sam/… are marks that a test may interrupt at
)

// samCLI simulates the SAM CLI. The real one can't deploy template.yaml here: moto has no SAM transform, and no
// CloudFront; and no test could interrupt it at a given point, or make a creation fail. The simulated one treats parameters as
// the real one does (TestSAMKeepsPreviousValues runs that), and makes the parts of the stack that later steps use.
func samCLI(args []string) error {
	if args[0] == "--version" {
		fmt.Println("SAM CLI, version 1.166.0")
		return nil
	}
	flags := flag.NewFlagSet("sam "+args[0], flag.ContinueOnError)
	config, template, name := flags.String("config-file", "", ""), flags.String("template-file", "", ""), flags.String("stack-name", "", "")
	overrides := flags.String("parameter-overrides", "", "")
	flags.String("s3-prefix", "", "")
	flags.String("region", "", "")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	for _, file := range []string{*config, *template} {
		if _, err := os.Stat(file); err != nil {
			return err
		}
	}
	set := map[string]string{}
	if file, ok := strings.CutPrefix(*overrides, "file://"); ok {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := yaml.Unmarshal(text, &set); err != nil {
			return err
		}
	}
	mark := func(at string) {
		if res, err := http.Get(os.Getenv(samEndpoint) + "/sam/" + at); err == nil {
			res.Body.Close()
		}
	}
	mark("begins")
	err := samChange(context.Background(), *template, *name, set)
	mark("ends")
	return err
}

// samChange creates or updates the stack.
func samChange(ctx context.Context, template, name string, set map[string]string) error {
	os.Setenv("AWS_ENDPOINT_URL", moto)
	c, err := connect(ctx, "")
	if err != nil {
		return err
	}
	found, err := c.find(ctx, name)
	if err != nil {
		return err
	}
	create := found == nil
	if create {
		found = &stack{}
		set["SimulatedEdge"] = os.Getenv(simulatedEdge)
	}
	values := map[string]string{}
	maps.Copy(values, found.parameters)
	maps.Copy(values, set)
	if values["OidcIssuer"] == "" && values["SimulatedPool"] == "" {
		if values["SimulatedPool"], values["SimulatedClient"], err = c.simulatedPool(ctx, name); err != nil {
			return err
		}
	}
	body, declared, err := simulatedTemplate(template, values["OidcIssuer"] == "")
	if err != nil {
		return err
	}
	var parameters []types.Parameter
	for _, p := range declared {
		if value, ok := values[p]; ok {
			parameters = append(parameters, types.Parameter{ParameterKey: &p, ParameterValue: &value})
		}
	}
	switch {
	case create:
		_, err = c.stacks.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: &name, TemplateBody: &body, Parameters: parameters})
	case maps.Equal(values, found.parameters):
		fmt.Println("No changes to deploy")
	default:
		_, err = c.stacks.UpdateStack(ctx, &cloudformation.UpdateStackInput{StackName: &name, TemplateBody: &body, Parameters: parameters})
	}
	return err
}

// simulatedPool makes a user pool with a client and the groups, which moto can't make from a template.
func (c *clients) simulatedPool(ctx context.Context, name string) (pool, client string, err error) {
	p, err := c.people.CreateUserPool(ctx, &cognitoidentityprovider.CreateUserPoolInput{PoolName: &name, UsernameAttributes: []cognito.UsernameAttributeType{"email"}})
	if err != nil {
		return "", "", err
	}
	for _, group := range []string{"owner", "admin", "developer", "verifier"} {
		if _, err := c.people.CreateGroup(ctx, &cognitoidentityprovider.CreateGroupInput{UserPoolId: p.UserPool.Id, GroupName: &group}); err != nil {
			return "", "", err
		}
	}
	k, err := c.people.CreateUserPoolClient(ctx, &cognitoidentityprovider.CreateUserPoolClientInput{UserPoolId: p.UserPool.Id, ClientName: &name})
	if err != nil {
		return "", "", err
	}
	return aws.ToString(p.UserPool.Id), aws.ToString(k.UserPoolClient.ClientId), nil
}

// simulatedTemplate returns a template with the parameters of template.yaml, and with those of its resources and outputs
// that the steps after the stack use, as far as moto knows them; and the names of the parameters. The stack has a user
// pool of its own, or none.
func simulatedTemplate(file string, ownPool bool) (body string, parameters []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	var whole struct {
		Parameters map[string]any `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(text, &whole); err != nil {
		return "", nil, err
	}
	for _, name := range []string{"SimulatedEdge", "SimulatedPool", "SimulatedClient"} {
		whole.Parameters[name] = map[string]any{"Type": "String", "Default": ""}
	}
	ref := func(name string) map[string]any { return map[string]any{"Ref": name} }
	resources, outputs := map[string]any{}, map[string]any{}
	resource := func(name, kind string, properties map[string]any) {
		resources[name] = map[string]any{"Type": kind, "Properties": properties}
	}
	output := func(name string, value any) { outputs[name] = map[string]any{"Value": value} }
	resource("ConsoleBucket", "AWS::S3::Bucket", map[string]any{})
	output("ConsoleBucket", ref("ConsoleBucket"))
	output("ConsoleUrl", ref("SimulatedEdge"))
	output("DistributionId", "no-distribution")
	resources["Table"] = map[string]any{"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": map[string]any{
		"BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": true,
		"AttributeDefinitions": []any{map[string]any{"AttributeName": "pk", "AttributeType": "S"}}, "KeySchema": []any{map[string]any{"AttributeName": "pk", "KeyType": "HASH"}},
	}}
	output("TableName", ref("Table"))
	if ownPool {
		output("UserPoolId", ref("SimulatedPool"))
		output("ConsoleClientId", ref("SimulatedClient"))
		output("CommandLineClientId", "line")
		output("SignInUrl", "https://sign-in.example")
		output("SignInScope", "openid email profile")
		output("UserPoolIssuer", "https://issuer.example")
	} else {
		output("ConsoleClientId", map[string]any{"Fn::Select": []any{0, map[string]any{"Fn::Split": []any{",", ref("OidcClientIds")}}}})
		output("SignInScope", map[string]any{"Fn::Join": []any{" ", []any{"openid email profile offline_access", ref("OidcScope")}}})
	}
	out, err := json.Marshal(map[string]any{"Parameters": whole.Parameters, "Resources": resources, "Outputs": outputs})
	return string(out), slices.Sorted(maps.Keys(whole.Parameters)), err
}

// useSAM puts the simulated SAM CLI on PATH.
func useSAM(t *testing.T, endpoint, edge string) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "sam"), []byte("#!/bin/sh\n"+simulatedSAM+"=1 exec '"+binary+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(samEndpoint, endpoint)
	t.Setenv(simulatedEdge, edge)
	t.Setenv("MOTO", moto)
}

// runTool runs one of the Python tools, and returns what it printed.
func runTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(tools, name), args...)
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0", "COLUMNS=200")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args[0], err, out)
	}
	return string(out)
}
