package after

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWorkWaitsForTheResponse(t *testing.T) {
	var did []string
	reply, err := Serve(func(ctx context.Context, event []byte) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel() // the work's context is not this one
		for _, name := range []string{"first", "second"} {
			Response(ctx, func(ctx context.Context) {
				if ctx.Err() != nil {
					t.Errorf("%s: %v", name, ctx.Err())
				}
				did = append(did, name)
			})
		}
		return append([]byte("answer to "), event...), nil
	})(t.Context(), json.RawMessage("event"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(reply)
	if err != nil || string(answer) != "answer to event" || did != nil {
		t.Errorf("%q, %v, and did %v before", answer, err, did)
	}
	for range 2 { // the second time there is nothing left
		if err := reply.Close(); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"first", "second"}, did); diff != "" {
		t.Error(diff)
	}
}

func TestWorkOfAFailedInvocationRuns(t *testing.T) {
	done, cause := false, errors.New("undecided")
	reply, err := Serve(func(ctx context.Context, _ []byte) ([]byte, error) {
		Response(ctx, func(context.Context) { done = true })
		return nil, cause
	})(t.Context(), nil)
	if reply != nil || !errors.Is(err, cause) || !done {
		t.Errorf("%v, %v, done: %t", reply, err, done)
	}
}

func TestWorkOutsideAnInvocationRunsImmediately(t *testing.T) {
	done := false
	Response(t.Context(), func(context.Context) { done = true })
	if !done {
		t.Error("the work was deferred, and never runs")
	}
}

// The response was sent, and the environment keeps working.
func TestPanicEndsOnlyItsPieceOfWork(t *testing.T) {
	done := false
	reply, err := Serve(func(ctx context.Context, _ []byte) ([]byte, error) {
		Response(ctx, func(context.Context) { panic("no") })
		Response(ctx, func(context.Context) { done = true })
		return nil, nil
	})(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := reply.Close(); err != nil || !done {
		t.Errorf("%v, done: %t", err, done)
	}
}

func TestReplyIsJSON(t *testing.T) {
	if got := new(Reply).ContentType(); !strings.HasPrefix(got, "application/json") {
		t.Error(got)
	}
}
