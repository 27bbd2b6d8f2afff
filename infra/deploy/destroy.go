package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cloud "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamo "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// data is what outlives a stack.
type data struct {
	table, pool string // empty if there is none
}

// destroy deletes the stack. Table and user pool stay, unless DATA is delete. Each run finds out what is left, even when
// the stack itself is deleted already: CloudFormation remembers a stack for 90 days.
func (s *session) destroy(ctx context.Context) error {
	deleteData := s.env("DATA") == "delete"
	id, restored, live, err := s.latest(ctx)
	if err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("there is no stack %s in %s, and none was deleted in the last 90 days: check STACK and REGION", s.stack, s.config.Region)
	}
	kept, buckets, err := s.resources(ctx, id)
	if err != nil {
		return err
	}
	if live {
		s.say("This deletes the stack %s in %s: API, functions, console, distribution and logs.", s.stack, s.config.Region)
	} else {
		s.say("The stack %s in %s is deleted already.", s.stack, s.config.Region)
		if kept, err = s.left(ctx, kept); err != nil {
			return err
		}
		if kept == (data{}) {
			s.say("No data of it is left.")
			return nil
		}
	}
	switch {
	case deleteData:
		s.say("This deletes the data, which nobody can bring back after that: the table %s and the user pool %s. AWS keeps a last backup of the table for 35 days.", orNone(kept.table), orNone(kept.pool))
	case !live:
		s.say("Its data is kept: the table %s and the user pool %s. To delete them too: make destroy STACK=%s DATA=delete", orNone(kept.table), orNone(kept.pool), s.stack)
		return nil
	default:
		s.say("It keeps the data: the table %s and the user pool %s. To delete them too, add DATA=delete, now or later.", orNone(kept.table), orNone(kept.pool))
	}
	if restored != "" {
		s.say("The table in use, %s, was restored and does not belong to the stack. It is kept in any case.", restored)
	}
	if err := s.confirm(ctx); err != nil {
		return err
	}
	if live {
		for _, bucket := range buckets {
			if err := s.empty(ctx, bucket); err != nil {
				return err
			}
		}
		if err := s.deleteStack(ctx, id); err != nil {
			return err
		}
		s.say("the stack %s is deleted", s.stack)
	}
	if !deleteData {
		return nil
	}
	if err := s.deleteTable(ctx, kept.table); err != nil {
		return err
	}
	if err := s.deletePool(ctx, kept.pool); err != nil {
		return err
	}
	s.say("its data is deleted")
	return nil
}

// left returns the part of the data that is not deleted.
func (c *clients) left(ctx context.Context, kept data) (data, error) {
	if kept.table != "" {
		_, err := c.tables.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &kept.table})
		if _, absent := errors.AsType[*dynamo.ResourceNotFoundException](err); absent {
			kept.table = ""
		} else if err != nil {
			return data{}, fmt.Errorf("find the table %s: %w", kept.table, err)
		}
	}
	if kept.pool != "" {
		_, err := c.people.DescribeUserPool(ctx, &cognitoidentityprovider.DescribeUserPoolInput{UserPoolId: &kept.pool})
		if _, absent := errors.AsType[*cognito.ResourceNotFoundException](err); absent {
			kept.pool = ""
		} else if err != nil {
			return data{}, fmt.Errorf("find the user pool %s: %w", kept.pool, err)
		}
	}
	return kept, nil
}

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}

// confirm returns an error unless the stack's name is typed.
func (s *session) confirm(ctx context.Context) error {
	typed, err := s.ask(ctx, fmt.Sprintf("Type %s to confirm: ", s.stack))
	if err == nil && typed != s.stack {
		err = errors.New("nothing is deleted: that is not the stack's name")
	}
	return err
}

// ask prints the question and returns what is typed, without white space around it; nothing if the input is at its end.
func (s *session) ask(ctx context.Context, question string) (answer string, err error) {
	fmt.Fprint(s.out, question)
	defer func() {
		if err != nil || answer == "" || !isTerminal(s.in) { // nobody has ended the line
			fmt.Fprintln(s.out)
		}
	}()
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(s.in).ReadString('\n')
		typed <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line := <-typed:
		return line, nil
	}
}

// latest returns the id of the stack, the restored table that it uses, if any, and whether it exists; or the id of the
// last deleted one with its name; or nothing.
func (s *session) latest(ctx context.Context) (id, restored string, live bool, err error) {
	found, err := s.find(ctx, s.stack)
	if err != nil {
		return "", "", false, err
	}
	if found != nil {
		return found.id, found.parameters["RestoredTable"], true, nil
	}
	pages := cloudformation.NewListStacksPaginator(s.stacks, &cloudformation.ListStacksInput{StackStatusFilter: []cloud.StackStatus{cloud.StackStatusDeleteComplete}})
	var newest cloud.StackSummary
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", "", false, fmt.Errorf("list the deleted stacks: %w", err)
		}
		for _, one := range page.StackSummaries {
			if aws.ToString(one.StackName) == s.stack && (newest.StackId == nil || aws.ToTime(one.CreationTime).After(aws.ToTime(newest.CreationTime))) {
				newest = one
			}
		}
	}
	return aws.ToString(newest.StackId), "", false, nil
}

// resources returns the data and the buckets of the stack with the id. (DescribeStackResources would return only the
// first 100 resources.)
func (s *session) resources(ctx context.Context, id string) (kept data, buckets []string, err error) {
	pages := cloudformation.NewListStackResourcesPaginator(s.stacks, &cloudformation.ListStackResourcesInput{StackName: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return data{}, nil, fmt.Errorf("list the resources of the stack %s: %w", s.stack, err)
		}
		for _, r := range page.StackResourceSummaries {
			name := aws.ToString(r.PhysicalResourceId)
			switch aws.ToString(r.ResourceType) {
			case "AWS::DynamoDB::Table":
				kept.table = name
			case "AWS::Cognito::UserPool":
				kept.pool = name
			case "AWS::S3::Bucket":
				if name != "" && r.ResourceStatus != cloud.ResourceStatusDeleteComplete {
					buckets = append(buckets, name)
				}
			}
		}
	}
	return kept, buckets, nil
}

// empty deletes everything in the bucket, which CloudFormation deletes only when it is empty. All of it is rebuilt from
// the source.
func (c *clients) empty(ctx context.Context, bucket string) error {
	pages := s3.NewListObjectsV2Paginator(c.files, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if _, absent := errors.AsType[*types.NoSuchBucket](err); absent {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list the bucket %s: %w", bucket, err)
		}
		for _, o := range page.Contents {
			if _, err := c.files.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: o.Key}); err != nil {
				return fmt.Errorf("delete %s in the bucket %s: %w", aws.ToString(o.Key), bucket, err)
			}
		}
	}
	return nil
}

// deleteTable deletes the table with its protection. A table that does not exist is no error.
func (c *clients) deleteTable(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	_, err := c.tables.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: &name, DeletionProtectionEnabled: aws.Bool(false)})
	if err == nil {
		_, err = c.tables.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})
	}
	if _, absent := errors.AsType[*dynamo.ResourceNotFoundException](err); err != nil && !absent {
		return fmt.Errorf("delete the table %s: %w", name, err)
	}
	return nil
}

// deletePool deletes the user pool with its protection. A pool that does not exist is no error. Changing a pool resets
// all settings that the request leaves out, which does not matter here.
func (c *clients) deletePool(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	_, err := c.people.UpdateUserPool(ctx, &cognitoidentityprovider.UpdateUserPoolInput{UserPoolId: &id, DeletionProtection: cognito.DeletionProtectionTypeInactive})
	if err == nil {
		_, err = c.people.DeleteUserPool(ctx, &cognitoidentityprovider.DeleteUserPoolInput{UserPoolId: &id})
	}
	if _, absent := errors.AsType[*cognito.ResourceNotFoundException](err); err != nil && !absent {
		return fmt.Errorf("delete the user pool %s: %w", id, err)
	}
	return nil
}
