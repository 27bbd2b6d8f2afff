// Package problem defines the errors that callers of the API see.
//
// An error is classified once, where it is known, as a [Problem]. It is turned into an HTTP response once,
// at the edge. An unclassified error becomes [Internal]: its cause is logged and not returned.
package problem

import (
	"errors"
	"strings"
	"time"
)

// Problem is an error for a caller of the API.
type Problem struct {
	Code       Code
	Detail     string        // one or two sentences that say how to fix it
	Fields     []Field       // the wrong fields; only with InvalidField
	RetryAfter time.Duration // time until a retry; only with TooMany, Contention and the status 503
	cause      error
	store      bool // the data store failed
}

// Field is the error of one field of a request.
type Field struct {
	Field  string `json:"field"`  // Path of the field, such as allowed_origins[2].
	Code   string `json:"code"`   // Stable code: required, too_long, unknown, …
	Detail string `json:"detail"` // How to fix the field.
}

// New returns a problem. The detail is returned to the caller.
func New(code Code, detail string) *Problem {
	return &Problem{Code: code, Detail: detail}
}

// Because returns a problem with its cause. The cause is logged and never returned to the caller.
func Because(code Code, cause error, detail string) *Problem {
	return &Problem{Code: code, Detail: detail, cause: cause}
}

// Invalid returns the problem of a request with wrong fields, of which there must be at least one. The
// problem's detail is that of the first field.
func Invalid(fields ...Field) *Problem {
	return &Problem{Code: InvalidField, Detail: fields[0].Field + ": " + fields[0].Detail, Fields: fields}
}

// Busy returns the problem of a data store that did not respond in time. The caller may retry after a
// second.
func Busy(cause error) *Problem {
	return failed(cause, "The data store did not respond in time. Try again in a moment.")
}

// Throttled returns the problem of a data store that rejects requests for now. The caller may retry after a
// second.
func Throttled(cause error) *Problem {
	return failed(cause, "The data store cannot accept more requests at the moment. Nothing was changed. Try again in a moment.")
}

// Undecided returns the problem of a change that may have been made. The caller may check after a second.
func Undecided(cause error) *Problem {
	return failed(cause, "The data store did not respond in time. The change may have been made. Check the resource before you retry.")
}

// Contended returns the problem of a change that was not made because of concurrent changes of the same
// resource. The caller may retry after a second.
func Contended(cause error) *Problem {
	return retryable(Contention, cause, "The resource is being changed by many requests. This request changed nothing. Try again in a moment.")
}

// WrongTable returns the problem of a table that this version must not use: TableFormat or TableRestored. An
// operator has to act first. The caller may retry after ten seconds.
func WrongTable(code Code, cause error) *Problem {
	p := retryable(code, cause, "This version of Arxkeys does not know the format of its table. It is being upgraded, or was deployed by mistake. Try again later.")
	if code == TableRestored {
		p.Detail = "The data was restored from a backup, and what was revoked since then is being revoked again. Until that is complete, no request is answered. Try again later."
	}
	p.RetryAfter = 10 * time.Second
	return p
}

// IsWrongTable reports whether the error is, or wraps, the problem of a table that must not be used.
func IsWrongTable(err error) bool { return Is(err, TableFormat) || Is(err, TableRestored) }

// IsUndecided reports whether the error is, or wraps, a problem after which the caller knows nothing and may
// retry: one with the status 503.
func IsUndecided(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code.Status() == outcomes[Unavailable].status
}

// failed returns the problem of a failure of the data store.
func failed(cause error, detail string) *Problem {
	p := retryable(Unavailable, cause, detail)
	p.store = true
	return p
}

func retryable(code Code, cause error, detail string) *Problem {
	return &Problem{Code: code, Detail: detail, RetryAfter: time.Second, cause: cause}
}

// Of returns the problem that the error is or wraps, or else Internal with the error as its cause. Of(nil)
// is nil.
func Of(err error) *Problem {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return Because(Internal, err, "An internal error occurred. If you report it, include the request id.")
}

// Is reports whether the error is, or wraps, a problem with the code.
func Is(err error, code Code) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == code
}

// OfStore marks an error that the data store returned, and for which a retry is no use.
func OfStore(err error) error { return storeError{err} }

type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// IsStore reports whether the error is, or wraps, the problem of a data store that failed, or an error of
// OfStore.
func IsStore(err error) bool {
	if p, ok := errors.AsType[*Problem](err); ok && p.store {
		return true
	}
	_, ok := errors.AsType[storeError](err)
	return ok
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

// Unwrap returns the cause, nil if there is none.
func (p *Problem) Unwrap() error { return p.cause }
