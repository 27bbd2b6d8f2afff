package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// poll is the pause between two looks at something that AWS is working on. Tests shorten it.
var poll = 5 * time.Second

// stack is what CloudFormation knows about the stack.
type stack struct {
	id         string
	status     types.StackStatus
	reason     string
	parameters map[string]string // NoEcho parameters are ****
	outputs    map[string]string
}

// declares reports whether the deployed template has the parameter.
func (s *stack) declares(parameter string) bool {
	_, ok := s.parameters[parameter]
	return ok
}

// ownPool reports whether people sign in with the stack's own user pool.
func (s *stack) ownPool() bool { return s.parameters["OidcIssuer"] == "" }

// incomplete reports whether the stack was never completely created, so that it can't be updated.
func (s *stack) incomplete() bool {
	return slices.Contains([]types.StackStatus{
		types.StackStatusReviewInProgress, types.StackStatusCreateFailed, types.StackStatusRollbackComplete, types.StackStatusRollbackFailed,
	}, s.status)
}

// find returns the stack with the name or id, or nil if there is none.
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

// settle waits for what is in progress, such as an earlier `make deploy` that was interrupted, and returns the stack.
// It removes a stack whose creation failed, which can't be updated; the template keeps no data of such a stack. It
// returns nil if there is no stack then.
func (s *session) settle(ctx context.Context) (*stack, error) {
	for {
		found, err := s.find(ctx, s.stack)
		if err != nil || found == nil {
			return nil, err
		}
		switch status := found.status; {
		case status == types.StackStatusReviewInProgress: // a change set that was never executed
			return nil, nil
		case strings.HasSuffix(string(status), "_IN_PROGRESS"):
			s.say("waiting: the stack %s is %s", s.stack, status)
		case found.incomplete():
			s.say("removing what is left of a creation that failed: %s", found.reason)
			if err := s.deleteStack(ctx, found.id); err != nil {
				return nil, err
			}
			return nil, nil
		case status == types.StackStatusUpdateRollbackFailed:
			return nil, fmt.Errorf("the stack %s is UPDATE_ROLLBACK_FAILED: %s; mend the cause, then run aws cloudformation continue-update-rollback --stack-name %[1]s", s.stack, found.reason)
		case status == types.StackStatusDeleteFailed:
			return nil, fmt.Errorf("the deletion of the stack %s failed: %s; run make destroy again, or deploy under another name", s.stack, found.reason)
		default:
			return found, nil
		}
		if err := sleep(ctx, poll); err != nil {
			return nil, err
		}
	}
}

// deleteStack deletes the stack with the id, and returns when it is deleted.
func (s *session) deleteStack(ctx context.Context, id string) error {
	if _, err := s.stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &id}); err != nil {
		return fmt.Errorf("delete the stack: %w", err)
	}
	for {
		found, err := s.find(ctx, id)
		switch {
		case err != nil:
			return err
		case found == nil || found.status == types.StackStatusDeleteComplete:
			return nil
		case found.status == types.StackStatusDeleteFailed:
			return fmt.Errorf("delete the stack: %s", found.reason)
		}
		if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
}

// sleep pauses, or returns the context's error if that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
