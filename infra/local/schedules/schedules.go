// Package schedules invokes functions at their times, as Amazon EventBridge does.
package schedules

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Schedule is a function and its times.
type Schedule struct {
	Name     string // for the log and the event
	When     Expression
	Location *time.Location // of cron and at; UTC where nil
	Input    string         // the event's JSON; EventBridge's own event where empty
	Invoke   func(ctx context.Context, event []byte) error
}

// Run invokes each schedule's function at its times until the context ends, and then waits for what runs. An invocation
// that takes longer than its interval delays the next one; what was missed meanwhile is not made up for. Errors go to
// report.
func Run(ctx context.Context, all []Schedule, report func(name string, err error)) {
	var wg sync.WaitGroup
	for _, s := range all {
		wg.Go(func() { s.run(ctx, report) })
	}
	wg.Wait()
}

func (s Schedule) run(ctx context.Context, report func(string, error)) {
	location := s.Location
	if location == nil {
		location = time.UTC
	}
	for {
		now := time.Now().In(location)
		next := s.When.Next(now)
		if next.IsZero() {
			return
		}
		timer := time.NewTimer(next.Sub(now))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		event, err := s.event(next)
		if err == nil {
			err = s.Invoke(context.WithoutCancel(ctx), event)
		}
		if err != nil {
			report(s.Name, err)
		}
	}
}

// event makes what the function is given.
func (s Schedule) event(at time.Time) ([]byte, error) {
	if s.Input != "" {
		if !json.Valid([]byte(s.Input)) {
			return nil, fmt.Errorf("the input of the schedule %s is no JSON", s.Name)
		}
		return []byte(s.Input), nil
	}
	return json.Marshal(events.CloudWatchEvent{
		Version: "0", ID: fmt.Sprintf("%s-%d", s.Name, at.Unix()), DetailType: "Scheduled Event", Source: "aws.events",
		AccountID: "000000000000", Time: at.UTC(), Region: "us-east-1",
		Resources: []string{"arn:aws:events:us-east-1:000000000000:rule/" + s.Name}, Detail: json.RawMessage("{}"),
	})
}
