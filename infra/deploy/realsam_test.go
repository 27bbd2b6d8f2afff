package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// useRealSAM puts the real SAM CLI on PATH. moto finds a template in its S3 only under the name localhost.
func useRealSAM(t *testing.T) {
	t.Helper()
	at := strings.Replace(moto, "127.0.0.1", "localhost", 1)
	programs(t, map[string]string{"sam": "SAM_CLI_TELEMETRY=0 AWS_ENDPOINT_URL=" + at + " exec '" + filepath.Join(tools, "sam") + `' "$@"`})
}

// The SAM CLI reads samconfig.toml and the file of parameters, does not print secrets, and keeps the values of parameters
// that the file leaves out.
func TestSAMKeepsPreviousValues(t *testing.T) {
	useRealSAM(t)
	root := t.TempDir()
	w := &world{t: t, root: root}
	config, err := os.ReadFile(filepath.Join(repository, "infra/deploy/samconfig.toml"))
	if err != nil {
		t.Fatal(err)
	}
	w.write("infra/deploy/samconfig.toml", string(config))
	w.write("template.yaml", `
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  ConsoleUrl: {Type: String, Default: 'http://localhost:8080'}
  EdgeSecret: {Type: String, Default: '', NoEcho: true}
  OidcScope: {Type: String, Default: ''}
Resources:
  ConsoleBucket: {Type: 'AWS::S3::Bucket'}
`)
	t.Chdir(root)
	var out strings.Builder
	s, err := open(settled(map[string]string{"STACK": "real"}), nil, &out)
	if err != nil {
		t.Fatal(err)
	}
	if s.clients, err = connect(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	// The stack of the bucket for artifacts, which the SAM CLI makes by itself; moto loses its tags then.
	if _, err := s.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{
		StackName: aws.String("aws-sam-cli-managed-default"), Tags: []types.Tag{{Key: aws.String("ManagedStackSource"), Value: aws.String("AwsSamCli")}},
		TemplateBody: aws.String(`{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}, "Outputs": {"SourceBucket": {"Value": {"Ref": "B"}}}}`),
	}); err != nil {
		t.Fatal(err)
	}
	parameters := func() map[string]string {
		t.Helper()
		found, err := s.find(t.Context(), "real")
		if err != nil || found == nil {
			t.Fatalf("%v, %v\n%s", found, err, out.String())
		}
		return found.parameters
	}

	secret := newSecret()
	if err := s.samDeploy(t.Context(), map[string]string{"EdgeSecret": secret, "OidcScope": ""}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if p := parameters(); p["EdgeSecret"] != secret || p["ConsoleUrl"] != "http://localhost:8080" {
		t.Errorf("created with %v", p)
	}
	if err := s.samDeploy(t.Context(), map[string]string{"ConsoleUrl": "https://console.example"}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if p := parameters(); p["EdgeSecret"] != secret || p["ConsoleUrl"] != "https://console.example" {
		t.Errorf("updated to %v", p)
	}
	if strings.Contains(out.String(), secret) {
		t.Errorf("it prints the secret:\n%s", out.String())
	}
}

// The real SAM CLI has the options that these commands use.
func TestSAMKnowsTheOptions(t *testing.T) {
	for command, options := range map[string][]string{
		"logs":   {"--stack-name", "--region", "--start-time", "--name", "--tail"},
		"deploy": {"--config-file", "--template-file", "--stack-name", "--s3-prefix", "--region", "--parameter-overrides"},
	} {
		help := runTool(t, "sam", command, "--help")
		for _, option := range options {
			if !strings.Contains(help, option) {
				t.Errorf("sam %s does not know %s", command, option)
			}
		}
	}
}
