package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestStatusSaysWhatWorks(t *testing.T) {
	w := newWorld(t, "seen")
	w.must("up")
	if _, err := w.aws.alarms.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("seen-errors"), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, EvaluationPeriods: aws.Int32(1),
		MetricName: aws.String("Errors"), Namespace: aws.String("AWS/Lambda"), Period: aws.Int32(60), Statistic: types.StatisticSum, Threshold: aws.Float64(0),
	}); err != nil {
		t.Fatal(err)
	}
	w.answer = func(request, body string) string { // moto makes no alarms of a template
		return strings.Replace(body, "<StackResourceSummaries>", "<StackResourceSummaries><member><LogicalResourceId>Errors</LogicalResourceId>"+
			"<PhysicalResourceId>seen-errors</PhysicalResourceId><ResourceType>AWS::CloudWatch::Alarm</ResourceType></member>", 1)
	}
	out := w.must("status")
	for _, want := range []string{"stack seen in eu-central-1: ", "ConsoleBucket  ", w.deployed()["ConsoleBucket"], "API: works", "console: works", "version: ", "alarms: 0 of 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not print %q:\n%s", want, out)
		}
	}

	for state, want := range map[types.StateValue]string{types.StateValueOk: "alarms: 0 of 1", types.StateValueAlarm: ": too many errors\nalarms: 1 of 1"} {
		if _, err := w.aws.alarms.SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("seen-errors"), StateValue: state, StateReason: aws.String("too many errors")}); err != nil {
			t.Fatal(err)
		}
		out, err := w.run("status", 0, false)
		if (err != nil) != (state == types.StateValueAlarm) || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", state, err, out)
		}
	}
}

func TestStatusSaysWhatDoesNot(t *testing.T) {
	w := newWorld(t, "broken")
	w.must("up")
	bucket := w.deployed()["ConsoleBucket"]
	for _, name := range []string{"index.html", releasesFile} {
		if _, err := w.aws.files.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &name}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := w.run("status", 0, false)
	if err == nil || !strings.Contains(err.Error(), "2 of these need attention") || !strings.Contains(out, "console: http") || !strings.Contains(out, "returns status 404") || !strings.Contains(out, "version: the console is not uploaded") {
		t.Errorf("%v\n%s", err, out)
	}
}
