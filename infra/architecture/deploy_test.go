package architecture

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// resource is the part of a resource of template.yaml that these rules check.
type resource struct {
	Type                string         `yaml:"Type"`
	Condition           string         `yaml:"Condition"`
	DeletionPolicy      string         `yaml:"DeletionPolicy"`
	UpdateReplacePolicy string         `yaml:"UpdateReplacePolicy"`
	Metadata            map[string]any `yaml:"Metadata"`
	Properties          map[string]any `yaml:"Properties"`
}

// protections are the properties that protect the types of resources that hold data from deletion.
var protections = map[string]string{"AWS::DynamoDB::Table": "DeletionProtectionEnabled", "AWS::Cognito::UserPool": "DeletionProtection"}

// undeployable returns complaints about settings that AWS refuses, or that conflict with a second stack in the account.
func undeployable(name string, r resource) (complaints []string) {
	complain := func(format string, args ...any) {
		complaints = append(complaints, name+": "+fmt.Sprintf(format, args...))
	}
	if r.DeletionPolicy == "Retain" {
		complain("it outlives a failed first deployment, and a second try makes another one: use RetainExceptOnCreate")
	}
	if property, holdsData := protections[r.Type]; holdsData {
		if r.DeletionPolicy != "RetainExceptOnCreate" || r.UpdateReplacePolicy != "Retain" {
			complain("it holds data: set DeletionPolicy: RetainExceptOnCreate and UpdateReplacePolicy: Retain")
		}
		if choice, _ := r.Properties[property].([]any); len(choice) != 3 || choice[0] != "Protected" {
			complain("%s is %v: it must depend on the condition Protected, which a first deployment does not meet; protected, it could not be rolled back", property, r.Properties[property])
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
		scopes, _ := r.Properties["AllowedOAuthScopes"].([]any)
		if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s any) bool { return !slices.Contains([]any{"openid", "email", "profile"}, s) }) {
			complain("it allows the scopes %v: Cognito knows openid, email and profile, and nothing else is needed", scopes)
		}
		if r.Properties["GenerateSecret"] != false || r.Properties["EnableTokenRevocation"] != true || !slices.Equal(elements(r.Properties["AllowedOAuthFlows"]), []any{"code"}) {
			complain("it must be a public client with the code flow, whose tokens can be revoked")
		}
	case "AWS::Cognito::UserPool":
		if tier := r.Properties["UserPoolTier"]; tier != "ESSENTIALS" {
			complain("its tier is %v: Lite cannot add claims to access tokens, and Plus has no free users", tier)
		}
	}
	return complaints
}

func elements(value any) []any {
	list, _ := value.([]any)
	return list
}

// withoutPermission finds user pools that may not invoke the function of their trigger.
func withoutPermission(s stack) (complaints []string) {
	for _, pool := range s.ofType("AWS::Cognito::UserPool") {
		function := strings.TrimSuffix(fmt.Sprint(at(s.Resources[pool].Properties, "LambdaConfig", "PreTokenGenerationConfig", "LambdaArn")), ".Arn")
		if !slices.ContainsFunc(s.ofType("AWS::Lambda::Permission"), func(name string) bool {
			p := s.Resources[name].Properties
			return p["FunctionName"] == function && p["SourceArn"] == pool+".Arn" && p["Principal"] == "cognito-idp.amazonaws.com" && p["Action"] == "lambda:InvokeFunction"
		}) {
			complaints = append(complaints, fmt.Sprintf("%s may not invoke %s: no AWS::Lambda::Permission allows it to this user pool alone", pool, function))
		}
	}
	return complaints
}

// names are the properties that name a resource, and nested are those within other properties. Names within another
// resource of the stack, such as groups of a user pool, are not among them.
var (
	names = []string{
		"AlarmName", "BucketName", "DashboardName", "Domain", "FunctionName", "LogGroupName", "Name", "PolicyName", "QueueName", "RoleName",
		"SecretName", "TableName", "TopicName", "UserPoolName",
	}
	nested = map[string][]string{
		"AWS::CloudFront::CachePolicy":           {"CachePolicyConfig", "Name"},
		"AWS::CloudFront::OriginAccessControl":   {"OriginAccessControlConfig", "Name"},
		"AWS::CloudFront::OriginRequestPolicy":   {"OriginRequestPolicyConfig", "Name"},
		"AWS::CloudFront::ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig", "Name"},
	}
)

// fixedNames finds resources whose name is the same in every stack, so that a second stack could not be deployed. A name
// must depend on the stack's name or id, or on another resource. The records of a domain are named after it.
func fixedNames(t *testing.T, text string) (complaints []string) {
	t.Helper()
	var read struct {
		Resources map[string]struct {
			Type       string               `yaml:"Type"`
			Properties map[string]yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	var varies func(*yaml.Node) bool
	varies = func(value *yaml.Node) bool {
		if value.Kind == yaml.ScalarNode {
			target, _, _ := strings.Cut(value.Value, ".")
			_, there := read.Resources[target]
			return strings.Contains(value.Value, "AWS::StackName") || strings.Contains(value.Value, "AWS::StackId") || there && (value.Tag == "!Ref" || value.Tag == "!GetAtt")
		}
		return slices.ContainsFunc(value.Content, varies)
	}
	for _, name := range slices.Sorted(maps.Keys(read.Resources)) {
		r := read.Resources[name]
		if strings.HasPrefix(r.Type, "AWS::Route53::") {
			continue
		}
		for _, property := range names {
			if value, named := r.Properties[property]; named && !varies(&value) {
				complaints = append(complaints, fmt.Sprintf("%s: %s is the same in every stack", name, property))
			}
		}
		if path := nested[r.Type]; path != nil {
			var config map[string]yaml.Node
			value := r.Properties[path[0]]
			if err := value.Decode(&config); err != nil {
				t.Fatal(err)
			}
			if value := config[path[1]]; !varies(&value) {
				complaints = append(complaints, fmt.Sprintf("%s: %s is the same in every stack", name, strings.Join(path, ".")))
			}
		}
	}
	return complaints
}

func TestTemplateDeploysMoreThanOnce(t *testing.T) {
	s := stackOfTemplate(t)
	if len(s.Resources) < 40 {
		t.Errorf("%d resources are found", len(s.Resources))
	}
	for name, r := range s.Resources {
		holds(t, undeployable(name, r))
	}
	if s.Parameters["DeletionProtection"].Default != "false" {
		t.Error("a first deployment is protected from its own rollback")
	}
	if n := len(s.ofType("AWS::DynamoDB::Table")) + len(s.ofType("AWS::Cognito::UserPool")); n != 2 {
		t.Errorf("%d resources hold data", n)
	}
	if n := len(s.ofType("AWS::Cognito::UserPoolClient")); n != 2 {
		t.Errorf("%d clients", n)
	}
	holds(t, withoutPermission(s))
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	holds(t, fixedNames(t, string(text)))
}

func TestFixedNameIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"{Type: AWS::DynamoDB::Table, Properties: {TableName: arxkeys}}":                                                                   "TableName is",
		"{Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub 'arxkeys-${AWS::AccountId}-${AWS::Region}'}}":                           "TableName is",
		"{Type: AWS::Cognito::UserPoolDomain, Properties: {Domain: !Sub '${SignInPrefix}-${AWS::AccountId}'}}":                             "Domain is",
		"{Type: AWS::S3::Bucket, Properties: {BucketName: !Ref SomeParameter}}":                                                            "BucketName is",
		"{Type: AWS::CloudFront::OriginAccessControl, Properties: {OriginAccessControlConfig: {Name: console}}}":                           "OriginAccessControlConfig.Name is",
		"{Type: AWS::CloudFront::CachePolicy, Properties: {CachePolicyConfig: {Comment: !Ref AWS::StackName}}}":                            "CachePolicyConfig.Name is",
		"{Type: AWS::CloudFront::CachePolicy, Properties: {CachePolicyConfig: {Name: !Sub '${AWS::StackName}-static'}}}":                   "",
		"{Type: AWS::Cognito::UserPoolDomain, Properties: {Domain: !Sub ['a-${Id}', {Id: !Select [2, !Split ['/', !Ref AWS::StackId]]}]}}": "",
		"{Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref X}}":                                                              "",
		"{Type: AWS::Lambda::Permission, Properties: {FunctionName: X}}":                                                                   "FunctionName is",
		"{Type: AWS::Route53::RecordSet, Properties: {Name: !Ref ConsoleDomain}}":                                                          "",
	} {
		got := strings.Join(fixedNames(t, "Resources: {X: "+text+"}"), "\n")
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want it to say %q", text, got, want)
		}
	}
}

func TestPoolWithoutPermissionIsFound(t *testing.T) {
	const good = `
Resources:
  Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreTokenGenerationConfig: {LambdaArn: !GetAtt F.Arn, LambdaVersion: V2_0}}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: lambda:InvokeFunction, Principal: cognito-idp.amazonaws.com, SourceArn: !GetAtt Pool.Arn}}
`
	complains(t, withoutPermission(readStack(t, good)))
	for _, change := range [][2]string{
		{"FunctionName: !Ref F", "FunctionName: !Ref G"}, {", SourceArn: !GetAtt Pool.Arn", ""}, {"SourceArn: !GetAtt Pool.Arn", "SourceArn: '*'"},
		{"cognito-idp.amazonaws.com", "'*'"}, {"lambda:InvokeFunction", "lambda:GetFunction"},
	} {
		complains(t, withoutPermission(readStack(t, strings.Replace(good, change[0], change[1], 1))), "Pool may not invoke F")
	}
}

func TestTemplateThatCannotDeployTwiceIsFound(t *testing.T) {
	for want, text := range map[string]string{
		"set Metadata":                      "{Type: AWS::Serverless::Function}",
		"set OmitName":                      "{Type: AWS::Serverless::Function, Metadata: {SkipBuild: true}, Properties: {Events: {S: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}}}}",
		"use RetainExcept":                  "{Type: AWS::S3::Bucket, DeletionPolicy: Retain}",
		"set DeletionPolicy":                "{Type: AWS::DynamoDB::Table, DeletionPolicy: RetainExceptOnCreate}",
		"and UpdateReplace":                 "{Type: AWS::Cognito::UserPool, UpdateReplacePolicy: Retain}",
		"DeletionProtectionEnabled is true": "{Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: true}}",
		"DeletionProtection is ACTIVE":      "{Type: AWS::Cognito::UserPool, Properties: {DeletionProtection: ACTIVE}}",
		"its tier is LITE":                  "{Type: AWS::Cognito::UserPool, Properties: {UserPoolTier: LITE}}",
		"its tier is <nil>":                 "{Type: AWS::Cognito::UserPool}",
		"scopes [openid offline_access]":    "{Type: AWS::Cognito::UserPoolClient, Properties: {AllowedOAuthScopes: [openid, offline_access]}}",
		"scopes [aws.cognito.signin":        "{Type: AWS::Cognito::UserPoolClient, Properties: {AllowedOAuthScopes: [aws.cognito.signin.user.admin]}}",
		"a public client":                   "{Type: AWS::Cognito::UserPoolClient, Properties: {GenerateSecret: true, EnableTokenRevocation: true, AllowedOAuthFlows: [code]}}",
		"whose tokens can be revoked":       "{Type: AWS::Cognito::UserPoolClient, Properties: {GenerateSecret: false, AllowedOAuthFlows: [code]}}",
		"with the code flow":                "{Type: AWS::Cognito::UserPoolClient, Properties: {GenerateSecret: false, EnableTokenRevocation: true, AllowedOAuthFlows: [code, implicit]}}",
		"rolls a stack back":                "{Type: AWS::Serverless::HttpApi, Properties: {FailOnWarnings: true}}",
		"Cognito refuses":                   "{Type: AWS::Cognito::UserPoolClient, Properties: {WriteAttributes: [name]}}",
		"may write [email]":                 "{Type: AWS::Cognito::UserPoolClient, Properties: {ExplicitAuthFlows: [ALLOW_USER_SRP_AUTH], WriteAttributes: [email]}}",
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
