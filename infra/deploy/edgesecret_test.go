package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// distribute makes a distribution that sends the secret, and an answer of CloudFormation that names it.
func (w *world) distribute(secret string) {
	w.t.Helper()
	headers := &types.CustomHeaders{Quantity: aws.Int32(1), Items: []types.OriginCustomHeader{{HeaderName: aws.String("x-arxkeys-edge-secret"), HeaderValue: &secret}}}
	if secret == "" {
		headers = &types.CustomHeaders{Quantity: aws.Int32(0)}
	}
	made, err := w.aws.edges.CreateDistribution(w.t.Context(), &cloudfront.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: &w.stack, Comment: &w.stack, Enabled: aws.Bool(true),
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: aws.String("api"), DomainName: aws.String("api.example"), CustomHeaders: headers,
			CustomOriginConfig: &types.CustomOriginConfig{HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpsOnly},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("api"), ViewerProtocolPolicy: types.ViewerProtocolPolicyHttpsOnly},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.answer = func(request, body string) string {
		return strings.Replace(body, "<OutputValue>no-distribution</OutputValue>", "<OutputValue>"+aws.ToString(made.Distribution.Id)+"</OutputValue>", 1)
	}
}

func TestEdgeSecretIsRotatedWithBothAccepted(t *testing.T) {
	w := newWorld(t, "rotated")
	w.settings["PARAMETERS"] = "EdgeSecretSince=2020-01-01"
	w.must("up")
	secret := func() (now, previous string) {
		found, err := w.aws.find(t.Context(), w.stack)
		if err != nil || found == nil {
			t.Fatal(found, err)
		}
		return found.parameters["EdgeSecret"], found.parameters["EdgeSecretPrevious"]
	}
	first, _ := secret()
	w.distribute(first)

	// Interrupted after the first of its two deployments, it has both.
	out, err := w.run("rotate-edge-secret", 0, false)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ends := 0
	for i, r := range w.requests {
		if r == "GET /sam/ends" {
			ends = i + 1
			break
		}
	}
	found, err := w.aws.find(t.Context(), w.stack)
	if err != nil || found.parameters["EdgeSecretSince"] < "2026-01-01" {
		t.Errorf("%v, %v", found, err)
	}
	second, previous := secret()
	if second == first || len(second) != 64 || previous != "" {
		t.Fatalf("the secret is %q, the previous one %q", second, previous)
	}
	if _, err := w.run("rotate-edge-secret", ends, true); err == nil {
		t.Fatal("not interrupted")
	}
	third, previous := secret()
	if third == second || previous != first { // the distribution of this test still sends the first one
		t.Errorf("the functions accept %q and %q; the distribution sends %q", third, previous, first)
	}

	if strings.Contains(out, first) || strings.Contains(out, second) {
		t.Errorf("it prints a secret:\n%s", out)
	}
}

func TestDistributionWithoutSecretGetsOne(t *testing.T) {
	w := newWorld(t, "secretless")
	w.must("up")
	w.distribute("")
	w.must("rotate-edge-secret")
	found, err := w.aws.find(t.Context(), w.stack)
	if err != nil || len(found.parameters["EdgeSecret"]) != 64 || found.parameters["EdgeSecretPrevious"] != "" {
		t.Errorf("%v %v", found, err)
	}
}
