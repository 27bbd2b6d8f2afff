package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	firstDelay   = 20 * time.Millisecond
	longestWait  = 600 * time.Millisecond
	readBudget   = 3 * time.Second  // of all attempts at a read, where the context does not end sooner
	changeBudget = 20 * time.Second // of all attempts at a change, where the context has no deadline
)

// backoff waits between attempts for a random time below a ceiling that doubles (full jitter), so
// that many that met each other do not meet again. The zero backoff begins with firstDelay.
type backoff struct{ ceiling time.Duration }

// wait returns false where the context ends before another attempt.
func (b *backoff) wait(ctx context.Context) bool {
	b.ceiling = min(max(2*b.ceiling, firstDelay), longestWait)
	wait := rand.N(b.ceiling)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// retry calls do until it succeeds, fails for good, or the context leaves no time for another
// attempt; then it returns gaveUp.
//
// do has to be safe to repeat: a read, or a transaction with a ClientRequestToken and the identical
// payload.
func retry(ctx context.Context, do func(context.Context) error) error {
	var pause backoff
	for {
		err := do(ctx)
		if err == nil {
			return nil
		}
		f := faultOf(err)
		if f == permanent {
			return err
		}
		if !pause.wait(ctx) {
			return gaveUp{f, err}
		}
	}
}

// retryRead is retry for a read. It gives up with problem.Unavailable.
func retryRead(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readBudget)
	defer cancel()
	err := retry(ctx, do)
	if g, ok := errors.AsType[gaveUp](err); ok {
		return g.unread()
	}
	return err
}

// withDeadline returns the context with the deadline that it has, or else with one at the end of the
// budget.
func withDeadline(ctx context.Context, budget time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, budget)
}

// errUnwritten is the cause of a problem that left nothing written.
var errUnwritten = errors.New("nothing was written")

// gaveUp is the fault of the last attempt, where there is no time for another one.
type gaveUp struct {
	fault fault
	err   error
}

func (g gaveUp) Error() string { return g.err.Error() }
func (g gaveUp) Unwrap() error { return g.err }

// unread returns the problem of a read that could not be made.
func (g gaveUp) unread() *problem.Problem {
	cause := fmt.Errorf("%w: %w", errUnwritten, g.err)
	if g.fault == throttled {
		return problem.Throttled(cause)
	}
	return problem.Busy(cause)
}

// uncommitted returns the problem of a transaction. It is undecided where an attempt may have made
// the change.
func (g gaveUp) uncommitted(undecided bool) *problem.Problem {
	switch {
	case undecided:
		return problem.Undecided(g.err)
	case g.fault == conflicting:
		return problem.Contended(fmt.Errorf("%w: %w", errUnwritten, g.err))
	}
	return g.unread()
}

// fault says what an error of DynamoDB means for another attempt, and for what was to be written.
type fault int

const (
	permanent   fault = iota // no attempt can mend it
	lost                     // cut off, timed out, or failed on DynamoDB's side: a write may have been made
	throttled                // refused for now: nothing was written
	conflicting              // refused because of others at the same items: nothing was written
)

func faultOf(err error) fault {
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		return faultOfCancelled(cancelled)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling", "LimitExceededException":
			return throttled
		case "TransactionConflictException":
			return conflicting
		case "TransactionInProgressException", "InternalServerError":
			return lost
		}
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && answer.HTTPStatusCode() >= 500 {
		return lost
	}
	// Cut off, before the answer or in the middle of it. The SDK wraps this too in a ResponseError,
	// with the status 0 or 200.
	if _, ok := errors.AsType[net.Error](err); ok {
		return lost
	}
	if _, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return lost
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lost
	}
	return permanent
}

// faultOfCancelled returns permanent where a condition of the transaction failed.
func faultOfCancelled(cancelled *types.TransactionCanceledException) fault {
	f := permanent
	for _, reason := range cancelled.CancellationReasons {
		switch value(reason.Code) {
		case "", "None":
		case "TransactionConflict":
			f = conflicting
		case "ThrottlingError", "ProvisionedThroughputExceeded":
			f = max(f, throttled)
		default:
			return permanent
		}
	}
	return f
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
