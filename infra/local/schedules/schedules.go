// Package schedules invokes functions at a fixed rate, as Amazon EventBridge does.
package schedules

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Schedule is a function and its rate.
type Schedule struct {
	Name   string // for the log and the event
	Every  time.Duration
	Input  string // the event's JSON; if empty, EventBridge's own event
	Invoke func(ctx context.Context, event []byte) error
}

// Run invokes each schedule's function until the context ends, and then waits for running invocations. An invocation
// begins one interval after the start, or after the end of the previous one. Errors go to report.
func Run(ctx context.Context, all []Schedule, report func(name string, err error)) {
	var wg sync.WaitGroup
	for _, s := range all {
		wg.Go(func() { s.run(ctx, report) })
	}
	wg.Wait()
}

func (s Schedule) run(ctx context.Context, report func(string, error)) {
	for {
		var now time.Time
		select {
		case <-ctx.Done():
			return
		case now = <-time.After(s.Every):
		}
		event, err := s.event(now)
		if err == nil {
			err = s.Invoke(context.WithoutCancel(ctx), event)
		}
		if err != nil {
			report(s.Name, err)
		}
	}
}

// event returns the event of an invocation.
func (s Schedule) event(at time.Time) ([]byte, error) {
	if s.Input != "" {
		if !json.Valid([]byte(s.Input)) {
			return nil, fmt.Errorf("the input of the schedule %s is not JSON", s.Name)
		}
		return []byte(s.Input), nil
	}
	return json.Marshal(events.CloudWatchEvent{
		Version: "0", ID: fmt.Sprintf("%s-%d", s.Name, at.Unix()), DetailType: "Scheduled Event", Source: "aws.events",
		AccountID: "000000000000", Time: at.UTC(), Region: "us-east-1",
		Resources: []string{"arn:aws:events:us-east-1:000000000000:rule/" + s.Name}, Detail: json.RawMessage("{}"),
	})
}
