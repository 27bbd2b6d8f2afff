package main

import (
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
	for _, want := range []string{"STACK", "SAM CLI", "AWS CLI, version 2", "REGION", "credentials", "ADMIN_EMAIL"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not name %s", err, want)
		}
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
