package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The change set of the whole template, as AWS's translator expands it, adds every resource. Executed twice, it makes two
// stacks beside each other, each with its own table, functions, roles, permissions and log groups. moto makes no user
// pool, API, schedule and distribution in a stack, so the stacks have an external provider.
func TestWholeTemplateMakesTwoStacksBesideEachOther(t *testing.T) {
	c, err := connect(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	translate := exec.Command(filepath.Join(tools, "python"), filepath.Join(repository, "infra/sam/translate.py"), filepath.Join(repository, "template.yaml"))
	translate.Env = append(os.Environ(), "AWS_DEFAULT_REGION=eu-central-1")
	text, err := translate.Output()
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Resources map[string]struct {
			Type       string
			Condition  string
			Properties struct {
				Code struct{ S3Bucket, S3Key string }
			}
		}
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	put := func(name string, content []byte) {
		t.Helper()
		if _, err := c.files.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("artifacts"), Key: &name, Body: bytes.NewReader(content)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.files.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("artifacts"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-central-1"},
	}); err != nil {
		t.Fatal(err)
	}
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	if _, err := archive.Create("bootstrap"); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	made := []string{"AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SQS::Queue"}
	for _, r := range whole.Resources {
		if r.Properties.Code.S3Key != "" {
			put(r.Properties.Code.S3Key, code.Bytes())
		}
		if r.Condition == "" {
			want[r.Type]++
		}
	}
	put("template.json", text)
	url := strings.Replace(moto, "127.0.0.1", "localhost", 1) + "/artifacts/template.json"

	var parameters []types.Parameter
	for name, value := range map[string]string{"OidcIssuer": "https://id.example", "OidcJwksUrl": "https://id.example/jwks", "OidcTokenUrl": "https://id.example/token", "OidcClientIds": "console,line"} {
		parameters = append(parameters, types.Parameter{ParameterKey: aws.String(name), ParameterValue: aws.String(value)})
	}
	tables := map[string]bool{}
	for _, stack := range []string{"whole-first", "whole-second"} {
		if _, err := c.stacks.CreateChangeSet(t.Context(), &cloudformation.CreateChangeSetInput{
			StackName: &stack, ChangeSetName: aws.String("create"), ChangeSetType: types.ChangeSetTypeCreate, TemplateURL: &url, Parameters: parameters,
			Capabilities: []types.Capability{types.CapabilityCapabilityIam},
		}); err != nil {
			t.Fatal(err)
		}
		set, err := c.stacks.DescribeChangeSet(t.Context(), &cloudformation.DescribeChangeSetInput{StackName: &stack, ChangeSetName: aws.String("create")})
		if err != nil {
			t.Fatal(err)
		}
		added := map[string]bool{}
		for _, change := range set.Changes {
			if change.ResourceChange.Action == types.ChangeActionAdd {
				added[aws.ToString(change.ResourceChange.LogicalResourceId)] = true
			}
		}
		for id := range whole.Resources {
			if !added[id] {
				t.Errorf("the change set does not add %s", id)
			}
		}
		if _, err := c.stacks.ExecuteChangeSet(t.Context(), &cloudformation.ExecuteChangeSetInput{StackName: &stack, ChangeSetName: aws.String("create")}); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for pages := cloudformation.NewListStackResourcesPaginator(c.stacks, &cloudformation.ListStackResourcesInput{StackName: &stack}); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.StackResourceSummaries {
				got[aws.ToString(r.ResourceType)]++
				if aws.ToString(r.ResourceType) == "AWS::DynamoDB::Table" {
					tables[aws.ToString(r.PhysicalResourceId)] = true
				}
			}
		}
		for _, kind := range made {
			if want[kind] == 0 || got[kind] != want[kind] {
				t.Errorf("%s has %d of %s, want %d", stack, got[kind], kind, want[kind])
			}
		}
	}
	if len(tables) != 2 {
		t.Errorf("the two stacks have %d tables", len(tables))
	}
}
