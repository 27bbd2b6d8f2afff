package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program puts an executable shell script on PATH, and nothing else.
func programs(t *testing.T, scripts map[string]string) {
	t.Helper()
	folder := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
}

func TestEverythingMissingIsNamedAtOnce(t *testing.T) {
	programs(t, nil)
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	err := run(t.Context(), []string{"up"}, settled(nil), nil, t.Output())
	for _, want := range []string{"STACK", "SAM CLI", "AWS CLI, version 2", "REGION", "credentials that AWS accepts: aws configure sso, then aws sso login, and AWS_PROFILE=…; there are none", "ADMIN_EMAIL"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not name %s", err, want)
		}
	}
}

func TestUnknownRegionIsNotAMatterOfCredentials(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "http://sts.eu-central.invalid") // no such host, as in a region that does not exist
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	err := run(t.Context(), []string{"status"}, settled(map[string]string{"STACK": "a", "REGION": "eu-central"}), nil, t.Output())
	if err == nil || !strings.Contains(err.Error(), `for "eu-central", the host sts.eu-central.invalid is not found`) || strings.Contains(err.Error(), "credentials") {
		t.Error(err)
	}
}

func TestOldToolsAreMissing(t *testing.T) {
	programs(t, map[string]string{"sam": "echo SAM CLI, version 1.153.9", "aws": "echo aws-cli/1.45.11 Python/3.11.7"})
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	err := run(t.Context(), []string{"up"}, settled(map[string]string{"STACK": "old"}), nil, t.Output())
	for _, want := range []string{"1.153.9 is installed, 1.154.0 or later", "AWS CLI, version 2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not say %q", err, want)
		}
	}
}

func TestNothingIsMissing(t *testing.T) {
	programs(t, map[string]string{"sam": "echo SAM CLI, version 1.154.0"})
	s, err := open(settled(map[string]string{"STACK": "new", "ADMIN_EMAIL": "ann@example.com"}), nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.require(t.Context(), "up"); err != nil { // the AWS CLI is needed only to sign in
		t.Error(err)
	}
}

// What CloudFormation or Cognito would refuse after minutes is refused at once.
func TestWrongSettingsOfADeploymentAreNamedAtOnce(t *testing.T) {
	programs(t, map[string]string{"sam": "echo SAM CLI, version 1.154.0"})
	good := map[string]string{
		"STACK": "new", "ADMIN_EMAIL": "ann@example.com", "DOMAIN": "keys.example.com", "ZONE": "Z1",
		"CERTIFICATE": "arn:aws:acm:us-east-1:123456789012:certificate/1", "PARAMETERS": "LogRetentionDays=90 RateLimit=1 AlarmEmail=",
	}
	text, err := os.ReadFile(filepath.Join(repository, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir() // nothing is built there
	if err := os.WriteFile(filepath.Join(root, "template.yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	refused := func(name, value string) error {
		t.Helper()
		changed := maps.Clone(good)
		changed[name] = value
		s, err := open(settled(changed), nil, t.Output())
		if err != nil {
			t.Fatal(err)
		}
		s.root = root
		return s.require(t.Context(), "up")
	}
	if err := refused("STACK", "new"); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, value, want string }{
		{"ADMIN_EMAIL", "", "because there is no stack new in eu-central-1 yet"},
		{"ADMIN_EMAIL", "ann@", "ADMIN_EMAIL is"},
		{"ADMIN_EMAIL", "ann@example", "ADMIN_EMAIL is"},
		{"DOMAIN", "https://keys.example.com", "the parameter ConsoleDomain is"},
		{"DOMAIN", "", "DOMAIN: the domain of the certificate"},
		{"CERTIFICATE", "arn:aws:acm:eu-central-1:123456789012:certificate/1", "the parameter CertificateArn is"},
		{"CERTIFICATE", "", "CERTIFICATE: the ARN"},
		{"ZONE", "example.com", "the parameter HostedZoneId is"},
		{"PARAMETERS", "LogRetentionDays=45", "the allowed values are 1, 3,"},
		{"PARAMETERS", "RateLimit=0", "the least is 1"},
		{"PARAMETERS", "RateLimit=many", "not a whole number"},
		{"PARAMETERS", "Tracing=active AlarmEmail=ops", "the parameter AlarmEmail is"},
		{"PARAMETERS", "TenantClaim=tenant", "TENANT: the tenant of ann@example.com"},
		{"PARAMETERS", "TenantClaim=org", "it must be tenant, or empty"},
		{"PARAMETERS", "=x", `no parameter ""`},
		{"BUILT", "1", "build/console/index.html, because BUILT is set"},
	} {
		if err := refused(c.name, c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: %v, want %q", c.name, c.value, err, c.want)
		}
	}
}

// All wrong settings of a command are named in one error.
func TestWrongSettingsOfOtherCommandsAreNamedAtOnce(t *testing.T) {
	for _, c := range []struct {
		command string
		env     map[string]string
		want    []string
	}{
		{"person", nil, []string{"STACK", "EMAIL is", "ROLE is"}},
		{"person", map[string]string{"STACK": "a", "ROLE": "admn"}, []string{"EMAIL is", `ROLE is "admn": use owner, admin, developer, verifier`}},
		{"person-remove", map[string]string{"STACK": "a", "MANAGEMENT_KEYS": "no"}, []string{"EMAIL is", `MANAGEMENT_KEYS is "no"`}},
		{"destroy", map[string]string{"DATA": "yes"}, []string{"STACK", `DATA is "yes": use delete, or leave it out`}},
	} {
		err := run(t.Context(), []string{c.command}, settled(c.env), nil, t.Output())
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %v: %v, want %q", c.command, c.env, err, want)
			}
		}
	}
}

func TestSettingsThatCannotBeReadAreRefused(t *testing.T) {
	if err := run(t.Context(), []string{"status"}, settled(map[string]string{"STACK": "a b"}), nil, t.Output()); err == nil || !strings.Contains(err.Error(), `instead of "a b"`) {
		t.Errorf("a stack's name with a space: %v", err)
	}
	if err := run(t.Context(), []string{"status"}, settled(map[string]string{"PARAMETERS": "AlarmEmail"}), nil, t.Output()); err == nil || !strings.Contains(err.Error(), "Name=value") {
		t.Errorf("a parameter without a value: %v", err)
	}
	if err := run(t.Context(), nil, settled(nil), nil, t.Output()); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("no command: %v", err)
	}
	if err := run(t.Context(), []string{"status"}, settled(map[string]string{"STACK": "absent"}), nil, t.Output()); err == nil || !strings.Contains(err.Error(), "there is no stack absent") {
		t.Errorf("no such stack: %v", err)
	}
}
