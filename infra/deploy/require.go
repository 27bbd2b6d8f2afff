package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.yaml.in/yaml/v3"
)

// oldestSAM is the oldest SAM CLI that reads parameters from a file, which keeps secrets out of the list of processes.
var oldestSAM = version{1, 154, 0}

type version [3]int

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) before(w version) bool {
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(v[2], w[2])) < 0
}

var (
	versions   = regexp.MustCompile(`(\d+)\.(\d+)\.(\d+)`)
	stackNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,39}$`)
)

// versionOf runs the program with --version, and returns the first version that it prints.
func versionOf(ctx context.Context, program string) (version, error) {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return version{}, err
	}
	digits := versions.FindSubmatch(out)
	if digits == nil {
		return version{}, fmt.Errorf("%s prints no version", program)
	}
	var v version
	for i := range v {
		v[i], _ = strconv.Atoi(string(digits[i+1])) // can't fail: digits
	}
	return v, nil
}

// usesSAM are the commands that run the SAM CLI.
var usesSAM = map[string]bool{"up": true, "logs": true, "rotate-edge-secret": true}

// require connects to AWS. If anything is missing for the command, it returns one error that names all of it, and how
// to get it.
func (s *session) require(ctx context.Context, command string) error {
	var missing []string
	miss := func(format string, args ...any) { missing = append(missing, fmt.Sprintf(format, args...)) }
	switch {
	case s.stack == "":
		miss("STACK: the name of the stack, such as STACK=arxkeys")
	case !stackNames.MatchString(s.stack):
		miss("a valid STACK instead of %q: a letter, then letters, digits and hyphens, at most 40 characters", s.stack)
	}
	if usesSAM[command] {
		if v, err := versionOf(ctx, "sam"); err != nil {
			miss("the SAM CLI: pip install aws-sam-cli, or https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html")
		} else if v.before(oldestSAM) {
			miss("a newer SAM CLI: %s is installed, %s or later is required: pip install --upgrade aws-sam-cli", v, oldestSAM)
		}
	}
	var err error
	if s.clients, err = connect(ctx, s.region); err != nil {
		miss("a usable AWS configuration: %v", err)
		return missed(missing)
	}
	if s.config.Region == "" {
		miss("REGION: the AWS region, such as REGION=eu-central-1")
		s.config.Region = "us-east-1" // to check the credentials
		s.caller = sts.NewFromConfig(s.config)
	}
	if _, err := s.caller.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		if v, err := versionOf(ctx, "aws"); err != nil || v.before(version{2, 0, 0}) {
			miss("the AWS CLI, version 2, to sign in: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html")
		}
		miss("credentials that AWS accepts: aws configure sso, then aws sso login, and AWS_PROFILE=…; AWS says: %v", err)
	}
	if command == "up" {
		lacking, err := s.lacking(ctx, len(missing) == 0)
		if err != nil {
			return err
		}
		missing = append(missing, lacking...)
	}
	if len(missing) > 0 {
		return missed(missing)
	}
	return nil
}

// lacking returns what is missing in the settings of a deployment. What an existing stack remembers is not missing.
func (s *session) lacking(ctx context.Context, connected bool) (lacking []string, err error) {
	found := &stack{}
	if connected {
		existing, err := s.find(ctx, s.stack)
		if err != nil {
			return nil, err
		}
		if existing != nil && !existing.incomplete() {
			found = existing
		}
	}
	t, err := s.template()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		if t.Parameters[name] == nil {
			lacking = append(lacking, fmt.Sprintf("a parameter of template.yaml instead of %s: %s", name, strings.Join(slices.Sorted(maps.Keys(t.Parameters)), ", ")))
		}
	}
	effective := func(name string) string {
		if value, given := s.parameters[name]; given {
			return value
		}
		return found.parameters[name]
	}
	if s.adminEmail == "" && found.id == "" && effective("OidcIssuer") == "" {
		lacking = append(lacking, "ADMIN_EMAIL: the e-mail address of the first owner, for a new stack")
	}
	if effective("OidcIssuer") != "" && effective("OidcClientIds") == "" {
		lacking = append(lacking, "the parameter OidcClientIds: the console's client id at "+effective("OidcIssuer"))
	}
	if s.adminEmail != "" && s.tenant == "" && effective("TenantClaim") != "" && effective("OidcIssuer") == "" {
		lacking = append(lacking, "TENANT: the tenant of "+s.adminEmail+", because TenantClaim is set")
	}
	if s.domain != "" && s.certificate == "" && effective("CertificateArn") == "" {
		lacking = append(lacking, "CERTIFICATE: the ARN of a certificate for "+s.domain+" in us-east-1: infra/docs/deploy.md describes how to request one")
	}
	return lacking, nil
}

// template is the part of template.yaml that these commands read.
type template struct {
	Parameters map[string]any `yaml:"Parameters"`
	Resources  map[string]struct {
		Properties struct {
			CodeURI string `yaml:"CodeUri"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

func (s *session) template() (t template, err error) {
	text, err := os.ReadFile(filepath.Join(s.root, "template.yaml"))
	if err != nil {
		return t, err
	}
	if err := yaml.Unmarshal(text, &t); err != nil {
		return t, fmt.Errorf("template.yaml: %w", err)
	}
	return t, nil
}

func missed(what []string) error {
	return errors.New("this is missing:\n  - " + strings.Join(what, "\n  - "))
}
