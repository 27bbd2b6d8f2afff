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

func TestNextIsTheFirstTimeAfter(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	utc := func(text string) time.Time {
		at, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		expression  string
		after, want time.Time
	}{
		{"rate(1 minute)", utc("2026-02-01 09:12:30"), utc("2026-02-01 09:13:30")},
		{"rate(5 minutes)", utc("2026-02-01 09:12:00"), utc("2026-02-01 09:17:00")},
		{"rate(2 days)", utc("2026-02-01 09:12:00"), utc("2026-02-03 09:12:00")},
		{"at(2026-02-01T09:12:00)", utc("2026-02-01 09:11:59"), utc("2026-02-01 09:12:00")},
		{"at(2026-02-01T09:12:00)", utc("2026-02-01 09:12:00"), time.Time{}},
		{"cron(0 3 * * ? *)", utc("2026-02-01 03:00:00"), utc("2026-02-02 03:00:00")},
		{"cron(0 3 * * ? *)", utc("2026-02-01 02:59:59"), utc("2026-02-01 03:00:00")},
		{"cron(0/15 * * * ? *)", utc("2026-02-01 09:46:00"), utc("2026-02-01 10:00:00")},
		{"cron(5,35 8-10 ? * MON-FRI *)", utc("2026-01-30 10:35:00"), utc("2026-02-02 08:05:00")},
		{"cron(0 0 31 * ? *)", utc("2026-02-01 00:00:00"), utc("2026-03-31 00:00:00")},
		{"cron(0 0 29 2 ? *)", utc("2026-02-01 00:00:00"), utc("2028-02-29 00:00:00")},
		{"cron(0 0 ? * 1 *)", utc("2026-02-02 00:00:00"), utc("2026-02-08 00:00:00")},
		{"cron(0 0 1 JAN ? 2027-2028)", utc("2026-02-01 00:00:00"), utc("2027-01-01 00:00:00")},
		{"cron(0 0 1 1 ? 2025)", utc("2026-02-01 00:00:00"), time.Time{}},
		{"cron(0 0 31 2 ? *)", utc("2026-02-01 00:00:00"), time.Time{}},
		{"cron(30 9 * * ? *)", time.Date(2026, 3, 28, 10, 0, 0, 0, rome), time.Date(2026, 3, 29, 9, 30, 0, 0, rome)},
	} {
		e, err := Parse(c.expression)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if got := e.Next(c.after); !got.Equal(c.want) {
			t.Errorf("%s after %v is %v, want %v", c.expression, c.after, got, c.want)
		}
	}
}

func TestExpressionsThatEventBridgeRefusesAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "5 minutes", "rate(5 minutes", "every(5 minutes)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 weeks)", "rate(x)",
		"cron(0 3 * * *)", "cron(0 3 * * * *)", "cron(0 3 ? * ? *)", "cron(60 3 * * ? *)", "cron(0 24 * * ? *)", "cron(0 3 0 * ? *)",
		"cron(? 3 * * ? *)", "cron(5-1 3 * * ? *)", "cron(0/0 3 * * ? *)", "cron(0 3 L * ? *)", "cron(0 3 ? * MON#1 *)", "at(tomorrow)",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), "the schedule") {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
}

// soon fires as often as it is asked.
type soon struct{}

func (soon) Next(after time.Time) time.Time { return after.Add(time.Millisecond) }

func TestRunInvokesAndReportsUntilTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	invoked, reported := make(chan []byte, 100), make(chan error, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Run(ctx, []Schedule{{Name: "sweep", When: soon{}, Invoke: func(_ context.Context, event []byte) error {
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
