package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// settings are what the environment says.
type settings struct {
	stack       string
	region      string
	adminEmail  string
	tenant      string
	domain      string
	certificate string
	zone        string
	parameters  map[string]string
}

// session is one run of a command.
type session struct {
	settings
	root string              // the repository
	env  func(string) string // for values that only one command uses
	in   io.Reader
	out  io.Writer
	*clients
}

// clients are the clients of AWS's services. All of them use the same region and credentials. AWS_ENDPOINT_URL sends
// them to another address.
type clients struct {
	config aws.Config
	stacks *cloudformation.Client
	files  *s3.Client
	people *cognitoidentityprovider.Client
	alarms *cloudwatch.Client
	edges  *cloudfront.Client
	tables *dynamodb.Client
	caller *sts.Client
}

// open reads the settings.
func open(env func(string) string, in io.Reader, out io.Writer) (*session, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	s := &session{root: root, env: env, in: in, out: out, settings: settings{
		stack: env("STACK"), region: env("REGION"), adminEmail: env("ADMIN_EMAIL"), tenant: env("TENANT"),
		domain: env("DOMAIN"), certificate: env("CERTIFICATE"), zone: env("ZONE"), parameters: map[string]string{},
	}}
	for word := range strings.FieldsSeq(env("PARAMETERS")) {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return nil, fmt.Errorf("PARAMETERS contains %q: use Name=value pairs, separated by spaces; values have no spaces", word)
		}
		s.parameters[name] = value
	}
	return s, nil
}

// findRoot returns the repository's folder: the closest one at or above the working directory with template.yaml.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("there is no template.yaml here or above: run this in the repository")
		}
		dir = parent
	}
}

// connect makes the clients. It sends nothing.
func connect(ctx context.Context, region string) (*clients, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})} // its errors say the same
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	return &clients{
		config: c, stacks: cloudformation.NewFromConfig(c), files: s3.NewFromConfig(c), people: cognitoidentityprovider.NewFromConfig(c),
		alarms: cloudwatch.NewFromConfig(c), edges: cloudfront.NewFromConfig(c), tables: dynamodb.NewFromConfig(c), caller: sts.NewFromConfig(c),
	}, nil
}
