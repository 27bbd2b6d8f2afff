// Package problem defines what can go wrong, in the words of the API.
//
// An error is classified once, where it is known, by making it a [Problem]. It becomes an HTTP
// answer once, at the edge. Whatever reaches the edge unclassified is [Internal]: logged with its
// cause, and told to nobody.
package problem

import (
	"errors"
	"strings"
	"time"
)

// Problem is an error that a caller of the API may be told about.
type Problem struct {
	Code       Code
	Detail     string        // one or two sentences that say how to mend it
	Fields     []Field       // which fields are wrong; only with InvalidField
	RetryAfter time.Duration // when to try again; only with Unavailable, TooMany and Contention, 0 elsewhere
	cause      error
}

// Field says what is wrong with one field of a request.
type Field struct {
	Field  string `json:"field"`  // its path, such as allowed_origins[2]
	Code   string `json:"code"`   // stable: required, too_long, unknown, …
	Detail string `json:"detail"` // how to mend it
}

// New returns a problem. The detail is told to the caller.
func New(code Code, detail string) *Problem {
	return &Problem{Code: code, Detail: detail}
}

// Because returns a problem with the cause that led to it. The cause is logged, never told.
func Because(code Code, cause error, detail string) *Problem {
	return &Problem{Code: code, Detail: detail, cause: cause}
}

// Invalid returns the problem of a request whose fields are wrong. It needs at least one field;
// the detail of the problem is that of the first.
func Invalid(fields ...Field) *Problem {
	return &Problem{Code: InvalidField, Detail: fields[0].Field + ": " + fields[0].Detail, Fields: fields}
}

// Busy returns the problem of a data store that did not answer in time. The caller may try again
// after a second.
func Busy(cause error) *Problem {
	return retryable(Unavailable, cause, "The data store did not answer in time. Try again in a moment.")
}

// Throttled returns the problem of a data store that takes no more requests for now. The caller may
// try again after a second.
func Throttled(cause error) *Problem {
	return retryable(Unavailable, cause, "The data store takes no more requests for now. Nothing was changed. Try again in a moment.")
}

// Undecided returns the problem of a change of which it is not known whether it was made. The caller
// may look after a second.
func Undecided(cause error) *Problem {
	return retryable(Unavailable, cause, "The data store did not answer in time: the change may have been made. Look at the resource before you try again.")
}

// Contended returns the problem of a change that was not made because others changed the same
// resource all the time. The caller may try again after a second.
func Contended(cause error) *Problem {
	return retryable(Contention, cause, "Others kept changing the same resource. Nothing was changed by this request. Try again in a moment.")
}

func retryable(code Code, cause error, detail string) *Problem {
	return &Problem{Code: code, Detail: detail, RetryAfter: time.Second, cause: cause}
}

// Of classifies an error: the problem that it is or wraps, or else Internal with the error as its
// cause. Of(nil) is nil.
func Of(err error) *Problem {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return Because(Internal, err, "Something failed on our side. Quote the request id when you report it.")
}

// Is reports whether the error is, or wraps, a problem with the code.
func Is(err error, code Code) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == code
}

// Error returns the code, the detail and the cause, for logs.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(string(p.Code))
	b.WriteString(": ")
	b.WriteString(p.Detail)
	if p.cause != nil {
		b.WriteString(": ")
		b.WriteString(p.cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause, nil where there is none.
func (p *Problem) Unwrap() error { return p.cause }
