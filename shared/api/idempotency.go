package api

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Maximum lengths of request headers.
const (
	MaxIdempotencyKeyRunes = 255
	MaxConditionRunes      = 1024 // If-Match and If-None-Match
)

// Idempotent is embedded in requests that are safe to repeat. Within 24 hours, the same caller's same
// idempotency key identifies the same request, which is executed once. The same key with another body is
// problem.InvalidField.
type Idempotent struct {
	// A unique key of at most 255 characters, such as a UUID. Within 24 hours, a request with the same key is
	// not executed again.
	IdempotencyKey string `header:"Idempotency-Key" json:"-"`
}

func (i Idempotent) check(c *check) {
	c.atMost("Idempotency-Key", i.IdempotencyKey, MaxIdempotencyKeyRunes)
}

// Replay is embedded in responses to idempotent requests.
type Replay struct {
	Replayed bool `json:"-"` // the request was repeated; returned in the header Idempotency-Replayed
}

// IsReplay reports whether the request was repeated.
func (r Replay) IsReplay() bool { return r.Replayed }

// Again returns the mark of a response to a repeated request.
func Again() Replay { return Replay{Replayed: true} }

// Repeatable is a response that may be to a repeated request.
type Repeatable interface{ IsReplay() bool }

// Conditional is embedded in every request that changes one resource. If-Match contains the ETag of the
// resource as the caller read it (RFC 9110, section 13.1.1). If the resource has changed since, the request
// returns problem.Changed.
type Conditional struct {
	// The ETag of the resource as read. If the resource has changed since, nothing is changed.
	IfMatch string `header:"If-Match" json:"-"`
}

func (c Conditional) check(to *check) { to.atMost("If-Match", c.IfMatch, MaxConditionRunes) }

// IfVersion returns the condition that the resource has the version; none if version is empty.
func IfVersion(version string) Conditional {
	if version == "" {
		return Conditional{}
	}
	return Conditional{IfMatch: `"` + version + `"`}
}

// Match returns problem.Changed unless the condition holds for a resource with the ETag.
func (c Conditional) Match(etag string) error {
	if c.IfMatch == "" || strings.TrimSpace(c.IfMatch) == "*" {
		return nil
	}
	for tag := range strings.SplitSeq(c.IfMatch, ",") {
		// A proxy that compresses makes an ETag weak. Its version is still the resource's.
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == `"`+etag+`"` {
			return nil
		}
	}
	return problem.New(problem.Changed, "It has changed since you read it. Read it again, and send the new ETag in If-Match.")
}
