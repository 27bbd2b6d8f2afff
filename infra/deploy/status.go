package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// maxAlarmNames is the most names that one request for alarms may contain.
const maxAlarmNames = 100

// status prints what is deployed and whether it works. It returns an error if something does not.
func (s *session) status(ctx context.Context) error {
	found, err := s.existing(ctx)
	if err != nil {
		return err
	}
	s.say("stack %s in %s: %s", s.stack, s.config.Region, found.status)
	for _, name := range slices.Sorted(maps.Keys(found.outputs)) {
		s.say("  %-20s %s", name, found.outputs[name])
	}
	broken := 0
	report := func(what string, err error) {
		if err != nil {
			broken++
			s.say("%s: %v", what, err)
			return
		}
		s.say("%s: works", what)
	}
	report("API", apiResponds(ctx, found.outputs["ConsoleUrl"]))
	report("console", pageResponds(ctx, found.outputs["ConsoleUrl"]))
	releases, err := s.releases(ctx, found.outputs["ConsoleBucket"])
	switch {
	case err != nil:
		report("version", err)
	case len(releases) == 0:
		report("version", fmt.Errorf("the console is not uploaded: run make deploy again"))
	default:
		s.say("version: %s", releases[0].Version)
	}
	firing, all, err := s.firing(ctx, found.id)
	if err != nil {
		return err
	}
	for _, a := range firing {
		broken++
		s.say("alarm %s: %s", aws.ToString(a.AlarmName), aws.ToString(a.StateReason))
	}
	s.say("alarms: %d of %d", len(firing), all)
	if broken > 0 {
		return fmt.Errorf("%d of these need attention", broken)
	}
	return nil
}

// pageResponds returns an error unless the console's page is served.
func pageResponds(ctx context.Context, at string) error {
	status, _, err := get(ctx, at+"/")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s/ returns status %d", at, status)
	}
	return err
}

// firing returns the alarms of the stack that are in alarm, and the number of its alarms.
func (c *clients) firing(ctx context.Context, id string) (firing []types.MetricAlarm, all int, err error) {
	var names []string
	resources := cloudformation.NewListStackResourcesPaginator(c.stacks, &cloudformation.ListStackResourcesInput{StackName: &id})
	for resources.HasMorePages() {
		page, err := resources.NextPage(ctx)
		if err != nil {
			return nil, 0, fmt.Errorf("list the resources of the stack: %w", err)
		}
		for _, r := range page.StackResourceSummaries {
			if aws.ToString(r.ResourceType) == "AWS::CloudWatch::Alarm" {
				names = append(names, aws.ToString(r.PhysicalResourceId))
			}
		}
	}
	for some := range slices.Chunk(names, maxAlarmNames) {
		out, err := c.alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: some, MaxRecords: aws.Int32(maxAlarmNames)})
		if err != nil {
			return nil, 0, fmt.Errorf("read the alarms: %w", err)
		}
		for _, a := range out.MetricAlarms {
			if a.StateValue == types.StateValueAlarm {
				firing = append(firing, a)
			}
		}
	}
	return firing, len(names), nil
}
