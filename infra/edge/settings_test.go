package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/template"
)

func TestDistributionHasTheSettingsOfItsParameters(t *testing.T) {
	const certificate, firewall = "arn:aws:acm:us-east-1:000000000000:certificate/1", "arn:aws:wafv2:us-east-1:000000000000:global/webacl/arxkeys/1"
	plain := theDistribution(t, nil)
	whole := theDistribution(t, map[string]string{
		"ConsoleDomain": "keys.example.com", "CertificateArn": certificate, "WebAclArn": firewall, "EdgeSecret": theSecret, "EdgeSecretPrevious": strings.Repeat("p", 32),
	})
	for _, d := range []*distribution{plain, whole} {
		if !d.Enabled || d.HTTPVersion != "http2and3" || !d.IPv6 {
			t.Errorf("enabled %t, %s, IPv6 %t", d.Enabled, d.HTTPVersion, d.IPv6)
		}
		for _, e := range d.Errors {
			if e.Page != "" {
				t.Errorf("the error page of %d hides the API's problem document", e.Status)
			}
		}
		console, _ := d.origin("console")
		api, _ := d.origin("api")
		if console.Access != "ConsoleBucketAccess" || console.Custom != nil {
			t.Errorf("the bucket is reached without access control: %+v", console)
		}
		if api.Custom == nil || api.Custom.Protocol != "https-only" || !slices.Equal(api.Custom.TLS, []string{"TLSv1.2"}) {
			t.Errorf("the API is reached by %+v", api.Custom)
		}
		for _, b := range append(slices.Clone(d.Behaviors), d.Default) {
			// A call by plain HTTP is refused, not redirected: it has sent its credential already.
			if want := map[bool]string{true: "https-only", false: "redirect-to-https"}[b.Origin == "api"]; b.Viewers != want || b.Compress {
				t.Errorf("%q: %s, compress %t", b.Path, b.Viewers, b.Compress)
			}
			if b.Origin == "api" && !slices.Equal(slices.Sorted(slices.Values(b.Methods)), []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}) {
				t.Errorf("%q allows %v: the API answers the others with 405", b.Path, b.Methods)
			}
		}
	}
	if c := plain.Certificate; !c.Default || c.ARN != "" || plain.Aliases != nil || plain.WebACL != "" {
		t.Errorf("without parameters: %+v %v %s", c, plain.Aliases, plain.WebACL)
	}
	if c := whole.Certificate; c.Default || c.ARN != certificate || c.Protocol != "TLSv1.2_2021" || c.Support != "sni-only" || !slices.Equal(whole.Aliases, []string{"keys.example.com"}) || whole.WebACL != firewall {
		t.Errorf("with a domain: %+v %v %s", c, whole.Aliases, whole.WebACL)
	}
	if api, _ := plain.origin("api"); api.Headers != nil {
		t.Errorf("without a secret, the distribution sends %v", api.Headers)
	}
	if api, _ := whole.origin("api"); len(api.Headers) != 1 || api.Headers[0].Name != "x-arxkeys-edge-secret" || api.Headers[0].Value != theSecret {
		t.Errorf("the distribution sends %v", api.Headers)
	}
}

func TestBucketIsReachedThroughTheDistributionOnly(t *testing.T) {
	o := template.Options{Attributes: map[string]string{
		"ConsoleBucket": "bucket", "ConsoleBucket.Arn": "arn:aws:s3:::bucket", "Distribution": "E1", "AWS::Partition": "aws", "AWS::AccountId": "1", "AWS::StackName": "local", "AWS::Region": "local",
	}}
	read := func(id string, into any) {
		t.Helper()
		if err := template.Properties(templateFile, o, id, into); err != nil {
			t.Fatal(err)
		}
	}
	var bucket map[string]any
	read("ConsoleBucket", &bucket)
	rules := func(kind string) []any {
		of, _ := bucket[kind].(map[string]any)
		for _, list := range of {
			if l, ok := list.([]any); ok {
				return l
			}
		}
		return nil
	}
	all := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
	if diff := cmp.Diff(all, bucket["PublicAccessBlockConfiguration"]); diff != "" {
		t.Errorf("public access (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}, rules("OwnershipControls")); diff != "" {
		t.Errorf("ownership (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}}}, rules("BucketEncryption")); diff != "" {
		t.Errorf("encryption (-want +got):\n%s", diff)
	}
	var policy struct {
		Document struct {
			Statement []struct {
				Effect    string                       `yaml:"Effect"`
				Principal any                          `yaml:"Principal"`
				Action    string                       `yaml:"Action"`
				Resource  any                          `yaml:"Resource"`
				Condition map[string]map[string]string `yaml:"Condition"`
			} `yaml:"Statement"`
		} `yaml:"PolicyDocument"`
	}
	read("ConsoleBucketPolicy", &policy)
	var allowed []string
	for _, s := range policy.Document.Statement {
		if s.Effect == "Deny" {
			if s.Condition["Bool"]["aws:SecureTransport"] != "false" {
				t.Errorf("%+v", s)
			}
			continue
		}
		allowed = append(allowed, s.Action)
		of, _ := s.Principal.(map[string]any)
		if of["Service"] != "cloudfront.amazonaws.com" || s.Condition["StringEquals"]["AWS:SourceArn"] != "arn:aws:cloudfront::1:distribution/E1" {
			t.Errorf("it allows others than the distribution: %+v", s)
		}
	}
	if !slices.Equal(allowed, []string{"s3:GetObject", "s3:ListBucket"}) || len(policy.Document.Statement) != 3 {
		t.Errorf("it allows %v", allowed)
	}
	var access struct {
		Config map[string]string `yaml:"OriginAccessControlConfig"`
	}
	read("ConsoleBucketAccess", &access)
	delete(access.Config, "Name")
	if diff := cmp.Diff(map[string]string{"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}, access.Config); diff != "" {
		t.Errorf("access (-want +got):\n%s", diff)
	}
}

func TestRecordsPointToTheDistribution(t *testing.T) {
	parameters := map[string]string{"ConsoleDomain": "keys.example.com", "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1", "HostedZoneId": "Z1"}
	o := template.Options{Parameters: parameters, Attributes: map[string]string{"Distribution.DomainName": "d1.cloudfront.net"}}
	for id, kind := range map[string]string{"ConsoleRecord": "A", "ConsoleRecordIPv6": "AAAA"} {
		var got struct {
			Zone  string            `yaml:"HostedZoneId"`
			Name  string            `yaml:"Name"`
			Type  string            `yaml:"Type"`
			Alias map[string]string `yaml:"AliasTarget"`
		}
		if err := template.Properties(templateFile, o, id, &got); err != nil {
			t.Fatal(err)
		}
		if got.Zone != "Z1" || got.Name != "keys.example.com" || got.Type != kind || got.Alias["DNSName"] != "d1.cloudfront.net" || got.Alias["HostedZoneId"] != "Z2FDTNDATAQYW2" {
			t.Errorf("%s: %+v", id, got)
		}
		if err := template.Properties(templateFile, template.Options{}, id, &got); err == nil {
			t.Errorf("%s exists without a hosted zone", id)
		}
	}
}

func TestFirewallLimitsVerificationsApart(t *testing.T) {
	var acl struct {
		Scope   string         `yaml:"Scope"`
		Default map[string]any `yaml:"DefaultAction"`
		Rules   []struct {
			Action    map[string]any `yaml:"Action"`
			Statement struct {
				Rate struct {
					Key    string         `yaml:"AggregateKeyType"`
					Limit  string         `yaml:"Limit"`
					Window int            `yaml:"EvaluationWindowSec"`
					Scope  map[string]any `yaml:"ScopeDownStatement"`
				} `yaml:"RateBasedStatement"`
			} `yaml:"Statement"`
		} `yaml:"Rules"`
	}
	if err := template.Properties("firewall.yaml", template.Options{Parameters: map[string]string{"RequestLimit": "100", "VerifyRequestLimit": "9000"}}, "WebAcl", &acl); err != nil {
		t.Fatal(err)
	}
	if acl.Scope != "CLOUDFRONT" || acl.Default["Allow"] == nil || len(acl.Rules) != 2 {
		t.Fatalf("%+v", acl)
	}
	verifications, others := acl.Rules[0].Statement.Rate, acl.Rules[1].Statement.Rate
	not, _ := others.Scope["NotStatement"].(map[string]any)
	if diff := cmp.Diff(verifications.Scope, not["Statement"]); diff != "" || verifications.Scope == nil {
		t.Errorf("some requests have two limits, or none (-verifications +not others):\n%s", diff)
	}
	for i, want := range []string{"9000", "100"} {
		if got := acl.Rules[i].Statement.Rate; got.Key != "IP" || got.Limit != want || got.Window != 300 || acl.Rules[i].Action["Block"] == nil {
			t.Errorf("rule %d: %+v", i, got)
		}
	}
}
