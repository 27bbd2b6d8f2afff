// Command probe is a function that does what its event says, including failures.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Path string `json:"path"`
}

type answer struct {
	PID       int    `json:"pid"`
	Count     int    `json:"count"` // of invocations of this process
	RequestID string `json:"request_id"`
	ARN       string `json:"arn"`
	Left      int64  `json:"left_ms"`
	Text      string `json:"text,omitempty"`
	Env       string `json:"env,omitempty"`
}

func main() {
	if os.Getenv("PROBE_EXIT") != "" {
		fmt.Println("not in the mood")
		os.Exit(3)
	}
	var options []lambda.Option
	if path := os.Getenv("PROBE_FAREWELL"); path != "" {
		options = append(options, lambda.WithEnableSIGTERM(func() {
			os.WriteFile(path, []byte("bye"), 0o600)
			os.Exit(0)
		}))
	}
	count := 0
	lambda.StartWithOptions(func(ctx context.Context, e event) (answer, error) {
		count++
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		a := answer{PID: os.Getpid(), Count: count, RequestID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Left: time.Until(deadline).Milliseconds()}
		switch e.Do {
		case "error":
			return a, errors.New("no luck")
		case "panic":
			panic("oh no")
		case "exit":
			os.Exit(7)
		case "hang":
			select {}
		case "big":
			a.Text = strings.Repeat("x", 7<<20)
		case "env":
			a.Env = strings.Join(os.Environ(), "\n")
		case "meet": // waits until a file exists
			for {
				if _, err := os.Stat(e.Path); err == nil {
					return a, nil
				}
				time.Sleep(time.Millisecond)
			}
		case "print":
			fmt.Println("one line")
			fmt.Fprintln(os.Stderr, "another")
		}
		return a, nil
	}, options...)
}
