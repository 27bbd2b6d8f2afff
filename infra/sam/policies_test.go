package sam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	tableARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/arxkeys"
	otherARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/other" // also the restored table, where there is one
)

// question asks the simulator whether the role of a function may do something.
type question struct {
	Policies []any          `json:"policies"`
	Action   string         `json:"action"`
	Resource string         `json:"resource"`
	Context  map[string]any `json:"context"`

	function string
	allowed  bool // the answer that is expected
}

func (q question) String() string {
	return fmt.Sprintf("%s: %s on %s %v", q.function, q.Action, q.Resource, q.Context["dynamodb:LeadingKeys"])
}

// logging is AWS's managed policy AWSLambdaBasicExecutionRole.
const logging = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]}`

// roles returns the policies of each function's role, by the function's logical id: of a stack that uses its own table,
// or a restored one.
func roles(t *testing.T, restored bool) map[string][]any {
	t.Helper()
	got := translate(t)
	roles := map[string][]any{}
	for id, r := range got.Resources {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		policies := []any{literal(t, logging)}
		inline, _ := got.Resources[id+"Role"].Properties["Policies"].([]any)
		for _, p := range inline {
			document := resolved(t, at(p, "PolicyDocument"), map[string]bool{"HasRestoredTable": restored}).(map[string]any)
			document["Version"] = "2012-10-17"
			policies = append(policies, document)
		}
		roles[id] = policies
	}
	return roles
}

// resolved replaces intrinsic functions by ARNs of an imaginary stack, in which these conditions hold or not.
func resolved(t *testing.T, value any, conditions map[string]bool) any {
	t.Helper()
	arn := func(id string) string {
		if id == "Table" {
			return tableARN
		}
		return "arn:aws:sqs:eu-central-1:123456789012:" + id
	}
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = resolved(t, v[i], conditions)
		}
	case map[string]any:
		if list, ok := v["Fn::If"].([]any); ok {
			holds, known := conditions[list[0].(string)]
			if !known {
				t.Fatalf("a policy depends on the condition %v: add its value in roles", list[0])
			}
			if holds {
				return resolved(t, list[1], conditions)
			}
			return resolved(t, list[2], conditions)
		}
		if list, ok := v["Fn::GetAtt"].([]any); ok && list[1] == "Arn" {
			return arn(list[0].(string))
		}
		if text, ok := v["Fn::Sub"].(string); ok {
			text = strings.NewReplacer("${AWS::Partition}", "aws", "${AWS::Region}", "eu-central-1", "${AWS::AccountId}", "123456789012", "${RestoredTable}", "other").Replace(text)
			return regexp.MustCompile(`\$\{(\w+)\.Arn\}`).ReplaceAllStringFunc(text, func(s string) string { return arn(s[2 : len(s)-len(".Arn}")]) })
		}
		for name := range v {
			if strings.HasPrefix(name, "Fn::") || name == "Ref" {
				t.Fatalf("a policy contains %v", v)
			}
			v[name] = resolved(t, v[name], conditions)
		}
	}
	return value
}

// ask checks the answers to all questions.
func ask(t *testing.T, questions []question) {
	t.Helper()
	if len(questions) == 0 {
		t.Fatal("no question")
	}
	input, err := json.Marshal(map[string]any{"cases": questions})
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd := exec.Command("node", "policies/simulate.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the simulator (make test-sam installs it): %v\n%s", err, complaints.String())
	}
	var answers []string
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("%v: %d answers to %d questions", err, len(answers), len(questions))
	}
	for i, q := range questions {
		want := "ImplicitlyDenied"
		if q.allowed {
			want = "Allowed"
		}
		if answers[i] != want {
			t.Errorf("%s: %s, want %s", q, answers[i], want)
		}
	}
	t.Logf("%d questions", len(questions))
}

// keys is the context of a request to items of these kinds, such as rec#*.
func keys(kinds ...string) map[string]any {
	all := []string{}
	for _, k := range kinds {
		all = append(all, strings.TrimSuffix(k, "*")+"example")
	}
	return map[string]any{"dynamodb:LeadingKeys": all}
}

// call is a request of a function to the table that the end-to-end tests have recorded.
type call struct {
	Function, Action string
	Index            string
	Kinds            []string // of partitions
}

// recorded returns the calls that the end-to-end tests have recorded.
func recorded(t *testing.T) (calls []call) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "build/e2e/calls.json"))
	if err != nil {
		t.Fatalf("the calls of functions are not recorded: run make build/e2e/calls.json: %v", err)
	}
	if err := json.Unmarshal(text, &calls); err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestRolesAllowEveryRecordedCallOnTheStacksTableOnly(t *testing.T) {
	of, restored := roles(t, false), roles(t, true)
	kinds := everyKind(t)
	var all []question
	for _, c := range recorded(t) {
		if of[c.Function] == nil {
			t.Fatalf("the template has no %s: record the calls again", c.Function)
		}
		resource, other := tableARN, otherARN
		if c.Index != "" {
			resource, other = resource+"/index/"+c.Index, other+"/index/"+c.Index
		}
		q := question{function: c.Function, Policies: of[c.Function], Action: c.Action, Resource: resource, Context: keys(c.Kinds...), allowed: true}
		all = append(all, q)
		q.allowed, q.Resource = false, other
		all = append(all, q)
		q.allowed, q.Policies = true, restored[c.Function]
		all = append(all, q)
		q.allowed, q.Resource = false, resource
		all = append(all, q)
		// One item of a kind that the function may not access makes the whole request fail.
		for _, kind := range kinds {
			if !may(t, c.Function, c.Action, resource, kind) {
				all = append(all, question{function: c.Function, Policies: of[c.Function], Action: c.Action, Resource: resource, Context: keys(append(slices.Clone(c.Kinds), kind)...)})
				break
			}
		}
	}
	ask(t, all)
}

// dataActions are the actions on items.
var dataActions = []string{
	"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem", "dynamodb:Scan",
}

// everyKind returns every kind of partition that any function may access.
func everyKind(t *testing.T) []string {
	all := map[string]bool{"unknown#*": true}
	for _, f := range source(t).Functions {
		for _, s := range f.Policies {
			for _, k := range s.LeadingKeys {
				all[k] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// may reports whether the template allows the action on a kind of partition. The end-to-end tests hold that to what the
// functions call.
func may(t *testing.T, function, action, resource, kind string) bool {
	t.Helper()
	for _, f := range source(t).Functions {
		if f.LogicalID != function {
			continue
		}
		for _, s := range f.Policies {
			if slices.Contains(s.Actions, action) && slices.Contains(s.Resources, resource) && slices.Contains(s.LeadingKeys, kind) {
				return true
			}
		}
	}
	return false
}

func TestRolesAllowOnlyTheFunctionsOwnKindsOfPartitions(t *testing.T) {
	kinds := everyKind(t)
	var all []question
	allowed := map[string]bool{}
	for _, f := range source(t).Functions {
		for _, s := range f.Policies {
			for _, action := range s.Actions {
				for _, resource := range s.Resources {
					for _, kind := range s.LeadingKeys {
						allowed[f.LogicalID+action+resource+kind] = true
					}
				}
			}
		}
	}
	for function, policies := range roles(t, false) {
		for _, action := range dataActions {
			for _, resource := range []string{tableARN, tableARN + "/index/jobs"} {
				if strings.Contains(resource, "/index/") && action != "dynamodb:Query" && action != "dynamodb:Scan" {
					continue
				}
				for _, kind := range kinds {
					all = append(all, question{function: function, Policies: policies, Action: action, Resource: resource, Context: keys(kind), allowed: allowed[function+action+resource+kind]})
				}
			}
		}
	}
	ask(t, all)
}

func TestRolesDenyEverythingElse(t *testing.T) {
	var all []question
	for function, policies := range roles(t, false) {
		for action, resource := range map[string]string{
			"dynamodb:Scan":                      tableARN,
			"dynamodb:DeleteTable":               tableARN,
			"dynamodb:UpdateTable":               tableARN,
			"dynamodb:UpdateTimeToLive":          tableARN,
			"dynamodb:UpdateContinuousBackups":   tableARN,
			"dynamodb:CreateBackup":              tableARN,
			"dynamodb:RestoreTableToPointInTime": tableARN,
			"dynamodb:ExportTableToPointInTime":  tableARN,
			"dynamodb:PartiQLSelect":             tableARN,
			"dynamodb:PartiQLDelete":             tableARN,
			"dynamodb:PutResourcePolicy":         tableARN,
			"dynamodb:GetRecords":                tableARN + "/stream/2026-01-01T00:00:00.000",
			"lambda:InvokeFunction":              "arn:aws:lambda:eu-central-1:123456789012:function:other",
			"lambda:UpdateFunctionCode":          "arn:aws:lambda:eu-central-1:123456789012:function:other",
			"lambda:UpdateFunctionConfiguration": "arn:aws:lambda:eu-central-1:123456789012:function:other",
			"secretsmanager:GetSecretValue":      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:other-abcdef",
			"ssm:GetParameter":                   "arn:aws:ssm:eu-central-1:123456789012:parameter/other",
			"kms:Decrypt":                        "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
			"s3:GetObject":                       "arn:aws:s3:::other/object",
			"s3:PutObject":                       "arn:aws:s3:::other/object",
			"iam:PassRole":                       "arn:aws:iam::123456789012:role/other",
			"sts:AssumeRole":                     "arn:aws:iam::123456789012:role/other",
			"cognito-idp:AdminCreateUser":        "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_other",
			"cognito-idp:AdminAddUserToGroup":    "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_other",
			"sqs:ReceiveMessage":                 "arn:aws:sqs:eu-central-1:123456789012:FailedJobs",
			"logs:DeleteLogGroup":                "arn:aws:logs:eu-central-1:123456789012:log-group:other",
			"cloudformation:UpdateStack":         "arn:aws:cloudformation:eu-central-1:123456789012:stack/arxkeys/1",
		} {
			all = append(all, question{function: function, Policies: policies, Action: action, Resource: resource, Context: map[string]any{}})
		}
		// Only jobs keep what failed, in their own queue.
		all = append(all, question{function: function, Policies: policies, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:123456789012:FailedJobs", Context: map[string]any{}, allowed: strings.HasPrefix(function, "Jobs")})
		all = append(all, question{function: function, Policies: policies, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:123456789012:other", Context: map[string]any{}})
	}
	ask(t, all)
}
