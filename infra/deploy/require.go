package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.yaml.in/yaml/v3"

	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/auth"
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
	missing = append(missing, s.unanswered(command)...)
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
	} else if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		miss("a region that AWS has, or the network: for %q, the host %s is not found", s.config.Region, unknown.Name)
	} else if err != nil {
		if v, err := versionOf(ctx, "aws"); err != nil || v.before(version{2, 0, 0}) {
			miss("the AWS CLI, version 2, to sign in: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html")
		}
		says := fmt.Sprintf("AWS says: %v", err)
		if strings.Contains(says, "no EC2 IMDS role found") { // the last place where the SDK looks
			says = "there are none"
		}
		miss("credentials that AWS accepts: aws configure sso, then aws sso login, and AWS_PROFILE=…; %s", says)
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

// unanswered returns what is missing or wrong in the settings that only the command has.
func (s *session) unanswered(command string) (missing []string) {
	add := func(err error) {
		if err != nil {
			missing = append(missing, err.Error())
		}
	}
	switch command {
	case "person":
		_, err := mailAddress("EMAIL", s.env("EMAIL"))
		add(err)
		add(choice("ROLE", s.env("ROLE"), roles...))
	case "person-remove":
		_, err := mailAddress("EMAIL", s.env("EMAIL"))
		add(err)
		add(choice("MANAGEMENT_KEYS", s.env("MANAGEMENT_KEYS"), "delete", "keep", ""))
	case "destroy":
		add(choice("DATA", s.env("DATA"), "delete", ""))
	}
	return missing
}

// choice returns an error unless the value is one of those. The empty one is to leave the setting out.
func choice(name, value string, of ...string) error {
	if slices.Contains(of, value) {
		return nil
	}
	words := strings.TrimSuffix(strings.Join(of, ", "), ", ")
	if slices.Contains(of, "") {
		words += ", or leave it out"
	}
	return fmt.Errorf("%s is %q: use %s", name, value, words)
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
	given := maps.Clone(s.parameters)
	maps.Copy(given, s.named())
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, ok := t.Parameters[name]
		if !ok {
			lacking = append(lacking, fmt.Sprintf("template.yaml has no parameter %q: use one of %s", name, strings.Join(slices.Sorted(maps.Keys(t.Parameters)), ", ")))
		} else if err := p.Check(given[name]); err != nil {
			lacking = append(lacking, fmt.Sprintf("the parameter %s %v", name, err))
		}
	}
	effective := func(name string) string {
		if value, ok := given[name]; ok {
			return value
		}
		return found.parameters[name]
	}
	if s.adminEmail == "" && found.id == "" && effective("OidcIssuer") == "" {
		why := "for a new stack"
		if connected {
			why = fmt.Sprintf("because there is no stack %s in %s yet", s.stack, s.config.Region)
		}
		lacking = append(lacking, "ADMIN_EMAIL: the e-mail address of the first owner, "+why)
	}
	if _, err := mailAddress("ADMIN_EMAIL", s.adminEmail); s.adminEmail != "" && err != nil {
		lacking = append(lacking, err.Error())
	}
	if effective("OidcIssuer") != "" && effective("OidcClientIds") == "" {
		lacking = append(lacking, "the parameter OidcClientIds: the console's client id at "+effective("OidcIssuer"))
	}
	if claim := effective("TenantClaim"); claim != "" && claim != "tenant" && effective("OidcIssuer") == "" {
		lacking = append(lacking, fmt.Sprintf("the parameter TenantClaim is %q: with the stack's own user pool, it must be tenant, or empty", claim))
	}
	if s.adminEmail != "" && effective("TenantClaim") != "" && effective("OidcIssuer") == "" && !auth.ValidTenant(s.tenant) {
		lacking = append(lacking, "TENANT: the tenant of "+s.adminEmail+", because TenantClaim is set: 1 to 63 characters of a-z, 0-9 and -")
	}
	if s.domain != "" && s.certificate == "" && effective("CertificateArn") == "" {
		lacking = append(lacking, "CERTIFICATE: the ARN of a certificate for "+s.domain+" in us-east-1: infra/docs/deploy.md describes how to request one")
	}
	if effective("CertificateArn") != "" && effective("ConsoleDomain") == "" {
		lacking = append(lacking, "DOMAIN: the domain of the certificate")
	}
	if s.env("BUILT") != "" {
		for _, part := range []string{"build/functions", "build/console/index.html"} {
			if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(part))); err != nil {
				lacking = append(lacking, part+", because BUILT is set: unpack the archives of a release here, or leave BUILT out")
			}
		}
	}
	return lacking, nil
}

// declared is the part of template.yaml that these commands read.
type declared struct {
	Parameters map[string]template.Parameter `yaml:"Parameters"`
	Resources  map[string]struct {
		Properties struct {
			CodeURI string `yaml:"CodeUri"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

func (s *session) template() (t declared, err error) {
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
	return errors.New("this is missing or wrong:\n  - " + strings.Join(what, "\n  - "))
}
