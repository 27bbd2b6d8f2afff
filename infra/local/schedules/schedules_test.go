package schedules

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

func TestRateParsesEventBridgeRates(t *testing.T) {
	for expression, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(1 hour)": time.Hour, "rate(2 days)": 48 * time.Hour,
	} {
		if got, err := Rate(expression); err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", expression, got, err, want)
		}
	}
}

func TestOtherExpressionsAreRefusedWithOneLine(t *testing.T) {
	for _, text := range []string{
		"", "5 minutes", "rate(5 minutes", "every(5 minutes)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 weeks)", "rate(x)",
		"cron(0 3 * * ? *)", "at(2026-02-01T09:12:00)",
	} {
		_, err := Rate(text)
		if err == nil || !strings.Contains(err.Error(), "the schedule \""+text+"\"") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
	if _, err := Rate("cron(0 3 * * ? *)"); err == nil || !strings.Contains(err.Error(), "only rate(…) is supported") {
		t.Errorf("cron: the error is %v", err)
	}
}

func TestRunInvokesAndReportsUntilTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	invoked, reported := make(chan []byte, 100), make(chan error, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Run(ctx, []Schedule{{Name: "sweep", Every: time.Millisecond, Invoke: func(_ context.Context, event []byte) error {
			invoked <- event
			return errors.New("no luck")
		}}}, func(name string, err error) { reported <- errors.New(name + ": " + err.Error()) })
	}()
	var event events.CloudWatchEvent
	if err := json.Unmarshal(<-invoked, &event); err != nil || event.DetailType != "Scheduled Event" {
		t.Errorf("the event is %+v, %v", event, err)
	}
	if err := <-reported; err.Error() != "sweep: no luck" {
		t.Errorf("reported is %v", err)
	}
	stop()
	<-ended
}

func TestInputOfTheTemplateIsTheEvent(t *testing.T) {
	event, err := Schedule{Input: `{"a":1}`}.event(time.Now())
	if err != nil || string(event) != `{"a":1}` {
		t.Errorf("the event is %s, %v", event, err)
	}
	if _, err := (Schedule{Name: "x", Input: `{`}).event(time.Now()); err == nil {
		t.Error("a broken input has no error")
	}
}
