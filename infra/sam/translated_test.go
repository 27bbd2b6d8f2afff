package sam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/arxkeys/arxkeys/infra/template"
)

// resource is a resource of the translated template.
type resource struct {
	Type       string
	Properties map[string]any
}

// translated is template.yaml as AWS's translator expands it.
type translated struct {
	Resources  map[string]resource
	Parameters map[string]any
	Outputs    map[string]any
	text       []byte
}

// translate runs the translator with these parameters; the others have their defaults.
func translate(t *testing.T, parameters ...string) translated {
	t.Helper()
	return translateFile(t, "template.yaml", parameters...)
}

// translateFile does the same for another template of the repository.
func translateFile(t *testing.T, name string, parameters ...string) translated {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	var complaints bytes.Buffer
	cmd := exec.Command(filepath.Join(root, "build/tools/aws/bin/python"), append([]string{"translate.py", file}, parameters...)...)
	cmd.Env = append(os.Environ(), "AWS_DEFAULT_REGION=eu-central-1")
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("translate %s (make test-sam installs the tools): %v\n%s", file, err, complaints.String())
	}
	out := translated{text: text}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// source reads template.yaml as the laptop does.
func source(t *testing.T) *template.Template {
	t.Helper()
	read, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	return read
}

var readOnce = sync.OnceValues(func() (*template.Template, error) {
	return template.Read(filepath.Join(root, "template.yaml"), template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": tableARN, "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
})

// at returns what is at the path of properties, or nil.
func at(value any, path ...string) any {
	for _, name := range path {
		m, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = m[name]
	}
	return value
}

// literal returns the JSON value of a text.
func literal(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// CloudFormation's limits.
const (
	maxResources  = 500
	maxParameters = 200
	maxOutputs    = 200
	maxBytes      = 1_000_000
)

func TestTranslatedTemplateIsWithinCloudFormationsLimits(t *testing.T) {
	got := translate(t)
	for _, c := range []struct {
		what      string
		size, max int
	}{{"resources", len(got.Resources), maxResources}, {"parameters", len(got.Parameters), maxParameters}, {"outputs", len(got.Outputs), maxOutputs}, {"bytes", len(got.text), maxBytes}} {
		if c.size == 0 || c.size > c.max {
			t.Errorf("%d %s, of at most %d", c.size, c.what, c.max)
		}
	}
}

// Each function has a role of its own, which only Lambda may assume, and which has no other managed policy than that for
// logs and, if tracing is active, that for X-Ray.
func TestTranslatedRolesBelongToOneFunction(t *testing.T) {
	const logs, traces = "AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"
	trust := func(service string) any {
		return literal(t, `{"Version": "2012-10-17", "Statement": [{"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": ["`+service+`"]}}]}`)
	}
	for tracing, want := range map[string][]string{"Disabled": {logs}, "Active": {logs, traces}} {
		got := translate(t, "Tracing="+tracing)
		used := map[string]bool{}
		functions := 0
		for id, r := range got.Resources {
			switch r.Type {
			case "AWS::Lambda::Function":
				functions++
				role := id + "Role"
				used[role] = true
				if !reflect.DeepEqual(r.Properties["Role"], literal(t, `{"Fn::GetAtt": ["`+role+`", "Arn"]}`)) {
					t.Errorf("%s has the role %v", id, r.Properties["Role"])
				}
				if !reflect.DeepEqual(got.Resources[role].Properties["AssumeRolePolicyDocument"], trust("lambda.amazonaws.com")) {
					t.Errorf("%s: %v", role, got.Resources[role].Properties["AssumeRolePolicyDocument"])
				}
				var managed []string
				list, _ := got.Resources[role].Properties["ManagedPolicyArns"].([]any)
				for _, arn := range list {
					managed = append(managed, filepath.Base(fmt.Sprint(arn)))
				}
				if !slices.Equal(managed, want) {
					t.Errorf("%s with tracing %s: managed policies %q, want %q", role, tracing, managed, want)
				}
			case "AWS::Scheduler::Schedule":
				target := at(r.Properties, "Target", "Arn", "Fn::GetAtt").([]any)[0].(string)
				role := at(r.Properties, "Target", "RoleArn", "Fn::GetAtt").([]any)[0].(string)
				used[role] = true
				may := literal(t, `[
					{"PolicyName": "`+id+`LambdaPolicy", "PolicyDocument": {"Statement": [{"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": {"Fn::GetAtt": ["`+target+`", "Arn"]}}]}},
					{"PolicyName": "`+id+`SQSPolicy", "PolicyDocument": {"Statement": [{"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": {"Fn::GetAtt": ["FailedJobs", "Arn"]}}]}}]`)
				if p := got.Resources[role].Properties; !reflect.DeepEqual(p["Policies"], may) || !reflect.DeepEqual(p["AssumeRolePolicyDocument"], trust("scheduler.amazonaws.com")) || p["ManagedPolicyArns"] != nil {
					t.Errorf("%s: %v", role, p)
				}
			}
		}
		for id, r := range got.Resources {
			if r.Type == "AWS::IAM::Role" && !used[id] {
				t.Errorf("%s is nobody's role", id)
			}
		}
		if want := len(source(t).Functions); functions != want {
			t.Errorf("%d functions, want %d", functions, want)
		}
	}
}

// The API has exactly the routes that the laptop serves, with the same authorizers, and each may invoke its function.
func TestTranslatedRoutesAndPermissionsAreThoseOfTheLaptop(t *testing.T) {
	got := translate(t)
	var want, permissions []string
	// SAM leaves greedy parameters with another name than proxy as they are in permissions.
	parameter := regexp.MustCompile(`\{([\w.-]+|proxy\+)\}`)
	for _, f := range source(t).Functions {
		for _, r := range f.Routes {
			want = append(want, strings.TrimSpace(r.Key()+" "+f.LogicalID+" "+r.Authorizer))
			permissions = append(permissions, f.LogicalID+" "+strings.Replace(r.Method, "ANY", "*", 1)+parameter.ReplaceAllString(r.Path, "*"))
		}
	}
	permissions = append(permissions, "CognitoClaimsFunction UserPool", "AuthorizersApikeyFunction authorizers")
	var routes, allowed []string
	function := regexp.MustCompile(`\$\{(\w+)\.Arn\}`)
	for path, methods := range at(got.Resources["HttpApi"].Properties, "Body", "paths").(map[string]any) {
		for method, o := range methods.(map[string]any) {
			if method == "x-amazon-apigateway-any-method" {
				method = "any"
			}
			line := strings.ToUpper(method) + " " + path + " "
			if found := function.FindStringSubmatch(fmt.Sprint(at(o, "x-amazon-apigateway-integration", "uri", "Fn::Sub"))); found != nil {
				line += found[1]
			}
			if security, ok := at(o, "security").([]any); ok {
				for name := range security[0].(map[string]any) {
					line += " " + name
				}
			}
			routes = append(routes, line)
		}
	}
	for id, r := range got.Resources {
		if r.Type != "AWS::Lambda::Permission" {
			continue
		}
		if r.Properties["Action"] != "lambda:InvokeFunction" {
			t.Errorf("%s allows %v", id, r.Properties["Action"])
		}
		name, _ := at(r.Properties, "FunctionName", "Ref").(string)
		if list, ok := at(r.Properties, "FunctionName", "Fn::GetAtt").([]any); ok {
			name = list[0].(string)
		}
		principal := r.Properties["Principal"]
		arn, _ := at(r.Properties, "SourceArn", "Fn::Sub").([]any)
		switch {
		case principal == "cognito-idp.amazonaws.com" && reflect.DeepEqual(r.Properties["SourceArn"], literal(t, `{"Fn::GetAtt": ["UserPool", "Arn"]}`)):
			allowed = append(allowed, name+" UserPool")
		case principal == "apigateway.amazonaws.com" && len(arn) == 2 && reflect.DeepEqual(at(arn[1], "__ApiId__"), literal(t, `{"Ref": "HttpApi"}`)):
			_, of, _ := strings.Cut(arn[0].(string), "${__ApiId__}/")
			if of == "authorizers/*" {
				allowed = append(allowed, name+" authorizers")
			} else {
				allowed = append(allowed, name+" "+strings.TrimPrefix(of, "${__Stage__}/"))
			}
		default:
			t.Errorf("%s allows %v from %v", id, principal, r.Properties["SourceArn"])
		}
	}
	differ(t, "route", want, routes)
	differ(t, "permission", permissions, allowed)
	// Such a permission may match no call. The * of another one, which also matches slashes, covers its calls.
	for _, p := range allowed {
		if before, _, greedy := strings.Cut(p, "/{"); greedy && !slices.Contains(allowed, before) {
			t.Errorf("%s: no permission covers what the parameter matches: %s is missing", p, before)
		}
	}
}

// differ reports what is missing in got, and what it has besides.
func differ(t *testing.T, what string, want, got []string) {
	t.Helper()
	if len(want) == 0 {
		t.Errorf("no %s is expected", what)
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("missing %s: %s", what, w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("unexpected %s: %s", what, g)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d of kind %s, want %d", len(got), what, len(want))
	}
}

// named are the properties that name a resource in a region or in the whole account, by type. Two stacks must not choose
// the same name. Other types of resources, such as schedules, must have no such property at all.
var named = map[string][]string{
	"AWS::Cognito::UserPool":                 {"UserPoolName"},
	"AWS::CloudFront::Function":              {"Name"},
	"AWS::CloudFront::CachePolicy":           {"CachePolicyConfig.Name"},
	"AWS::CloudFront::OriginAccessControl":   {"OriginAccessControlConfig.Name"},
	"AWS::CloudFront::OriginRequestPolicy":   {"OriginRequestPolicyConfig.Name"},
	"AWS::CloudFront::ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig.Name"},
}

// within are the types whose names need to be unique only in a resource of the stack, or are a domain name.
var within = []string{"AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup", "AWS::Route53::RecordSet", "AWS::ApiGatewayV2::Stage", "AWS::Lambda::Permission", "AWS::CloudWatch::Alarm"}

// wrongNames returns the names that a second stack of the same account would have too.
func wrongNames(resources map[string]resource) (complaints []string) {
	name := regexp.MustCompile(`^(|Function|Role|Table|Bucket|Queue|Topic|UserPool|LogGroup|Dashboard|Alarm|Budget|Api|Group|Client|ManagedPolicy)Name$`)
	for id, r := range resources {
		if slices.Contains(within, r.Type) && at(r.Properties, "AlarmName") == nil {
			continue
		}
		check := func(path string, value any) {
			text, _ := json.Marshal(value)
			if !slices.Contains(named[r.Type], path) || !strings.Contains(string(text), "AWS::StackName") && !strings.Contains(string(text), "AWS::StackId") {
				complaints = append(complaints, fmt.Sprintf("%s: %s is %s", id, path, text))
			}
		}
		for key, value := range r.Properties {
			if name.MatchString(key) {
				check(key, value)
			}
			if inner, ok := value.(map[string]any); ok && strings.HasSuffix(key, "Config") || key == "Budget" {
				for k, v := range inner {
					if name.MatchString(k) {
						check(key+"."+k, v)
					}
				}
			}
		}
	}
	return complaints
}

func TestTranslatedTemplateFixesNoName(t *testing.T) {
	got := translate(t)
	for _, c := range wrongNames(got.Resources) {
		t.Error(c)
	}
	for kind, property := range map[string]string{"AWS::Scheduler::Schedule": "Name", "AWS::Lambda::Function": "FunctionName", "AWS::CloudFront::Function": "Name", "AWS::CloudWatch::Alarm": "AlarmName"} {
		r := resource{Type: kind, Properties: map[string]any{property: "arxkeys"}}
		if len(wrongNames(map[string]resource{"R": r})) == 0 {
			t.Errorf("a fixed %s of %s is not found", property, kind)
		}
	}
}

// A browser hides a response without the CORS header from the page. These are all the types of responses that API Gateway
// sends itself, because the template defines no other type.
func TestRefusalsOfTheRESTAPIHaveTheCORSHeader(t *testing.T) {
	body := at(translateFile(t, "infra/examples/rest-api/template.yaml", "Origin=https://shop.example").Resources["Api"].Properties, "Body")
	parameters := literal(t, `{"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": {"Fn::Sub": "'${Origin}'"}}, "responseTemplates": {}}`)
	want := map[string]any{"DEFAULT_4XX": parameters, "DEFAULT_5XX": parameters}
	if got := at(body, "x-amazon-apigateway-gateway-responses"); !reflect.DeepEqual(got, want) {
		t.Errorf("the responses of API Gateway are %v, want %v", got, want)
	}
	for _, method := range []string{"get", "post"} {
		if got := at(body, "paths", "/pets", method, "security"); !reflect.DeepEqual(got, literal(t, `[{"AccessKey": []}]`)) {
			t.Errorf("%s is protected by %v", method, got)
		}
	}
	if preflight := at(body, "paths", "/pets", "options"); preflight == nil || at(preflight, "security") != nil {
		t.Errorf("the preflight request must need no key: %v", preflight)
	}
}
