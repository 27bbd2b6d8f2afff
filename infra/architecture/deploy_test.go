package architecture

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// resource is the part of a resource of template.yaml that these rules check.
type resource struct {
	Type       string         `yaml:"Type"`
	Metadata   map[string]any `yaml:"Metadata"`
	Properties map[string]any `yaml:"Properties"`
}

// names are the properties that give a resource a fixed name, which a second stack in the same account could not use.
var names = []string{"TableName", "FunctionName", "RoleName", "PolicyName", "BucketName", "TopicName", "QueueName", "AlarmName", "LogGroupName", "Name"}

// undeployable returns complaints about settings that AWS refuses, or that conflict with a second stack in the account.
func undeployable(name string, r resource) (complaints []string) {
	complain := func(format string, args ...any) {
		complaints = append(complaints, name+": "+fmt.Sprintf(format, args...))
	}
	for _, property := range names {
		if _, fixed := r.Properties[property].(string); fixed {
			complain("%s is the same in every stack", property)
		}
	}
	switch r.Type {
	case "AWS::Serverless::Function":
		if r.Metadata["SkipBuild"] != true {
			complain("sam build would look for a Makefile in its CodeUri: set Metadata: {SkipBuild: true}")
		}
		events, _ := r.Properties["Events"].(map[string]any)
		for event, of := range events {
			e, _ := of.(map[string]any)
			properties, _ := e["Properties"].(map[string]any)
			if strings.HasPrefix(fmt.Sprint(e["Type"]), "Schedule") && properties["OmitName"] != true {
				complain("the schedule %s is named after the function in every stack: set OmitName: true", event)
			}
		}
	case "AWS::Serverless::HttpApi":
		if r.Properties["FailOnWarnings"] == true {
			complain("FailOnWarnings rolls a stack back for a warning")
		}
	case "AWS::Cognito::UserPoolClient":
		flows, _ := r.Properties["ExplicitAuthFlows"].([]any)
		if len(flows) == 0 || slices.Contains(flows, any("ALLOW_REFRESH_TOKEN_AUTH")) {
			complain("Cognito refuses RefreshTokenRotation with ALLOW_REFRESH_TOKEN_AUTH, which is allowed unless ExplicitAuthFlows leaves it out")
		}
		write, _ := r.Properties["WriteAttributes"].([]any)
		if len(write) == 0 || slices.ContainsFunc(write, func(a any) bool { return a != "name" }) {
			complain("its users may write %v: nothing but their name", write)
		}
	}
	return complaints
}

func TestTemplateDeploysMoreThanOnce(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Resources map[string]resource `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Resources) < 40 {
		t.Errorf("%d resources are found", len(read.Resources))
	}
	for name, r := range read.Resources {
		for _, c := range undeployable(name, r) {
			t.Error(c)
		}
	}
}

func TestTemplateThatCannotDeployTwiceIsFound(t *testing.T) {
	for want, text := range map[string]string{
		"set Metadata":       "{Type: AWS::Serverless::Function}",
		"set OmitName":       "{Type: AWS::Serverless::Function, Metadata: {SkipBuild: true}, Properties: {Events: {S: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}}}}",
		"TableName is":       "{Type: AWS::DynamoDB::Table, Properties: {TableName: arxkeys}}",
		"rolls a stack back": "{Type: AWS::Serverless::HttpApi, Properties: {FailOnWarnings: true}}",
		"Cognito refuses":    "{Type: AWS::Cognito::UserPoolClient, Properties: {WriteAttributes: [name]}}",
		"may write [email]":  "{Type: AWS::Cognito::UserPoolClient, Properties: {ExplicitAuthFlows: [ALLOW_USER_SRP_AUTH], WriteAttributes: [email]}}",
	} {
		var r resource
		if err := yaml.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(undeployable("X", r), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want it to say %q", text, got, want)
		}
	}
}
