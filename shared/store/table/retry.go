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
	readBudget   = 3 * time.Second  // for all attempts at a read, unless the context ends sooner
	changeBudget = 20 * time.Second // for all attempts at a change, if the context has no deadline
)

// backoff waits between attempts for a random time below a ceiling that doubles (full jitter), so that
// conflicting callers do not collide again. The ceiling of the zero backoff starts at firstDelay.
type backoff struct{ ceiling time.Duration }

// wait returns false if the context ends before another attempt.
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

// retry calls do until it succeeds, fails permanently, or the context leaves no time for another attempt;
// then it returns gaveUp.
//
// do must be safe to repeat: a read, or a transaction with a ClientRequestToken and an identical body.
func retry(ctx context.Context, do func(context.Context) error) error {
	var pause backoff
	for {
		err := do(ctx)
		if err == nil {
			return nil
		}
		f := faultOf(err)
		if f == permanent {
			return problem.OfStore(err)
		}
		if !pause.wait(ctx) {
			return gaveUp{f, err}
		}
	}
}

// retryRead is retry for a read. It returns problem.Unavailable when it gives up.
func retryRead(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readBudget)
	defer cancel()
	err := retry(ctx, do)
	if g, ok := errors.AsType[gaveUp](err); ok {
		return g.unread()
	}
	return err
}

// withDeadline returns the context if it has a deadline, or else one that ends after the budget.
func withDeadline(ctx context.Context, budget time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, budget)
}

// errUnwritten is the cause of a problem after which nothing was written.
var errUnwritten = errors.New("nothing was written")

// gaveUp is the error of the last attempt when there is no time for another.
type gaveUp struct {
	fault fault
	err   error
}

func (g gaveUp) Error() string { return g.err.Error() }
func (g gaveUp) Unwrap() error { return g.err }

// unread returns the problem of a failed read.
func (g gaveUp) unread() *problem.Problem {
	cause := fmt.Errorf("%w: %w", errUnwritten, g.err)
	if g.fault == throttled {
		return problem.Throttled(cause)
	}
	return problem.Busy(cause)
}

// uncommitted returns the problem of a failed transaction. undecided means that an attempt may have made
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

// fault classifies an error of DynamoDB: whether a retry can help, and whether a write may have been made.
type fault int

const (
	permanent   fault = iota // a retry cannot help
	lost                     // cut off, timed out, or failed in DynamoDB: a write may have been made
	throttled                // refused for now: nothing was written
	conflicting              // refused because of concurrent writes to the items: nothing was written
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
	// The connection broke before or during the response. The SDK wraps this in a ResponseError too, with
	// status 0 or 200.
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

// faultOfCancelled returns permanent if a condition of the transaction failed.
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
