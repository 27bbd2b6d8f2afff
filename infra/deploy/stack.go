package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// stack is what CloudFormation knows about the stack.
type stack struct {
	id         string
	status     types.StackStatus
	reason     string
	parameters map[string]string // NoEcho parameters are ****
	outputs    map[string]string
}

// find returns the stack, or nil if there is none.
func (c *clients) find(ctx context.Context, name string) (*stack, error) {
	out, err := c.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the stack %s: %w", name, err)
	}
	if len(out.Stacks) == 0 {
		return nil, nil
	}
	found := out.Stacks[0]
	s := &stack{
		id: aws.ToString(found.StackId), status: found.StackStatus, reason: aws.ToString(found.StackStatusReason),
		parameters: map[string]string{}, outputs: map[string]string{},
	}
	for _, p := range found.Parameters {
		s.parameters[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	for _, o := range found.Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return s, nil
}

// existing returns the stack, or an error if there is none.
func (s *session) existing(ctx context.Context) (*stack, error) {
	found, err := s.find(ctx, s.stack)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("there is no stack %s in %s: check STACK and REGION", s.stack, s.config.Region)
	}
	return found, nil
}
