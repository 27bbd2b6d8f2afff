package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

// environment returns variables written as NAME=value.
func environment(variables ...string) func(string) string {
	return func(name string) string {
		for _, v := range variables {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value
			}
		}
		return ""
	}
}

func TestEnvironmentOverridesDefaults(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want stack.Config
	}{
		{nil, stack.Config{Port: 8080, DataDir: ".data", Console: true, Quiet: true}},
		{[]string{"PORT=0", "DATA_DIR=/tmp/d", "DYNAMODB_ENDPOINT=http://localhost:8000", "TABLE_NAME=t", "TOKENS=standard", "LOG=all", "PARAMETERS=GateTtl=0s PrincipalTtl=0s"},
			stack.Config{DataDir: "/tmp/d", DynamoDBEndpoint: "http://localhost:8000", TableName: "t", Shape: signin.Standard, Console: true,
				Parameters: map[string]string{"GateTtl": "0s", "PrincipalTtl": "0s"}}},
	} {
		got, err := config(environment(c.env...))
		if err != nil {
			t.Errorf("%v: %v", c.env, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.env, diff)
		}
	}
}

func TestMistakesOnTheCommandLineAreNamed(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  string
		want string
	}{
		{[]string{"walk"}, "", "usage: "},
		{[]string{"run", "more"}, "", "usage: "},
		{[]string{"dev", "more"}, "", "usage: "},
		{[]string{"check", "more"}, "", "usage: "},
		{[]string{"check", "-endpoint"}, "", "usage: "},
		{[]string{"check", "-region", "eu-central-1"}, "DYNAMODB_ENDPOINT=http://127.0.0.1:1", "either a region or an endpoint"},
		{[]string{"audit", "more"}, "", "usage: "},
		{[]string{"audit", "-since", "yesterday"}, "", "usage: "},
		{[]string{"restore"}, "", "usage: "},
		{[]string{"restore", "-to", "b", "-since", "2026-11-27T09:30:00Z"}, "", "usage: "},
		{[]string{"restore", "-to", "b", "-from", "a", "-audit", "f", "-since", "2026-11-27T09:30:00Z"}, "", "usage: "},
		{[]string{"restore", "-to", "b", "-audit", "f", "-cancel"}, "", "usage: "},
		{[]string{"restore", "-to", "b", "-from", "a"}, "", `-since is ""`},
		{[]string{"restore", "-to", "b", "-from", "a", "-since", "09:30"}, "", `-since is "09:30"`},
		{nil, "PORT=many", `PORT is "many"`},
		{nil, "PORT=70000", `PORT is "70000"`},
		{nil, "TOKENS=paper", `TOKENS is "paper"`},
		{nil, "DYNAMODB_ENDPOINT=localhost:8000", `DYNAMODB_ENDPOINT is "localhost:8000": it must begin with http://`},
		{nil, "DYNAMODB_ENDPOINT=127.0.0.1:8000", `DYNAMODB_ENDPOINT is "127.0.0.1:8000": it must begin with http://`},
		{[]string{"check", "-endpoint", "localhost:8000"}, "", `the endpoint is "localhost:8000": it must begin with http://`},
		{nil, "PARAMETERS=GateTtl", `PARAMETERS contains "GateTtl"`},
	} {
		if err := run(context.Background(), c.args, environment(c.env), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %s: the error is %v", c.args, c.env, err)
		}
	}
}
