package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
)

// secretHeader is the header in which the distribution sends its secret to the functions.
const secretHeader = "X-Arxkeys-Edge-Secret"

// rotateEdgeSecret replaces the secret that the distribution sends to the functions, without refusing a request: the
// functions accept both secrets until the distribution sends the new one everywhere. A repeated run replaces the secret
// again.
func (s *session) rotateEdgeSecret(ctx context.Context) error {
	found, err := s.settle(ctx)
	if err != nil {
		return err
	}
	if found == nil {
		return fmt.Errorf("there is no stack %s in %s: check STACK and REGION", s.stack, s.config.Region)
	}
	current, err := s.edgeSecret(ctx, found.outputs["DistributionId"])
	if err != nil {
		return err
	}
	if err := s.samDeploy(ctx, map[string]string{"EdgeSecret": newSecret(), "EdgeSecretSince": today(), "EdgeSecretPrevious": current}); err != nil {
		return err
	}
	s.say("the distribution sends the new secret; the functions now forget the previous one")
	return s.samDeploy(ctx, map[string]string{"EdgeSecretPrevious": ""})
}

// edgeSecret returns the secret that the distribution sends; empty if it sends none. CloudFormation does not show it.
func (c *clients) edgeSecret(ctx context.Context, distribution string) (string, error) {
	out, err := c.edges.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &distribution})
	if err != nil {
		return "", fmt.Errorf("read the distribution %s: %w", distribution, err)
	}
	for _, origin := range out.Distribution.DistributionConfig.Origins.Items {
		if origin.CustomHeaders == nil {
			continue
		}
		for _, h := range origin.CustomHeaders.Items {
			if strings.EqualFold(aws.ToString(h.HeaderName), secretHeader) {
				return aws.ToString(h.HeaderValue), nil
			}
		}
	}
	return "", nil
}
