package table

import (
	"context"
	"errors"
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
	firstDelay  = 20 * time.Millisecond
	longestWait = 600 * time.Millisecond
	budget      = 3 * time.Second // of all attempts where the context ends later, or never
)

// retry calls do until it succeeds, fails for good, or there is no time for another attempt; then
// the answer is problem.Unavailable. It waits between attempts with full jitter, so that many that
// met each other do not meet again.
//
// do has to be safe to repeat: a read, or a transaction with a ClientRequestToken and the identical
// payload.
func retry(ctx context.Context, do func(context.Context) error) error {
	return retryFor(ctx, budget, do)
}

func retryFor(ctx context.Context, budget time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	deadline, _ := ctx.Deadline()
	for ceiling := firstDelay; ; ceiling = min(2*ceiling, longestWait) {
		err := do(ctx)
		if err == nil {
			return nil
		}
		if !transient(err) {
			return err
		}
		wait := rand.N(ceiling)
		if time.Until(deadline) <= wait {
			return problem.Busy(err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return problem.Busy(err)
		}
	}
}

// transient reports whether another attempt may succeed: throttled, in conflict, cut off, timed
// out, or failed on DynamoDB's side.
func transient(err error) bool {
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		return conflict(cancelled)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling",
			"TransactionConflictException", "TransactionInProgressException", "InternalServerError", "LimitExceededException":
			return true
		}
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && answer.HTTPStatusCode() >= 500 {
		return true
	}
	// Cut off, before the answer or in the middle of it. The SDK wraps this too in a ResponseError,
	// with the status 0 or 200.
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// conflict reports whether a transaction was cancelled only because of others at the same items, or
// by throttling: no condition of its own had failed.
func conflict(cancelled *types.TransactionCanceledException) bool {
	met := false
	for _, reason := range cancelled.CancellationReasons {
		switch value(reason.Code) {
		case "", "None":
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			met = true
		default:
			return false
		}
	}
	return met
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
