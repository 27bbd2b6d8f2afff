package api

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// How long a request's header fields may be.
const (
	MaxIdempotencyKeyRunes = 255
	MaxConditionRunes      = 1024 // If-Match and If-None-Match
)

// Idempotent is part of the requests that can be repeated without being done twice. Within 24 hours
// the same caller's same key means the same request: it is answered as at first. The same key with
// another body is problem.InvalidField.
type Idempotent struct {
	IdempotencyKey string `header:"Idempotency-Key" json:"-"` // at most 255 characters, such as a UUID: the same key within 24 hours is the same request, and is not done again
}

func (i Idempotent) check(c *check) {
	c.atMost("Idempotency-Key", i.IdempotencyKey, MaxIdempotencyKeyRunes)
}

// Replay is part of the answers to idempotent requests.
type Replay struct {
	Replayed bool `json:"-"` // the request was repeated; told in the header Idempotency-Replayed
}

// IsReplay reports whether the request was repeated.
func (r Replay) IsReplay() bool { return r.Replayed }

// Again is the mark of an answer to a request that was repeated.
func Again() Replay { return Replay{Replayed: true} }

// Repeatable is an answer that may be to a request that was repeated.
type Repeatable interface{ IsReplay() bool }

// Conditional is part of every request that changes one resource. It binds the change to what the caller
// saw: If-Match holds the ETag of it (RFC 9110, section 13.1.1), and if the resource has changed since,
// the answer is problem.Changed.
type Conditional struct {
	IfMatch string `header:"If-Match" json:"-"` // the ETag that was seen: where the resource has changed since, nothing is done
}

func (c Conditional) check(to *check) { to.atMost("If-Match", c.IfMatch, MaxConditionRunes) }

// IfVersion binds a request to the version that was seen.
func IfVersion(version string) Conditional {
	if version == "" {
		return Conditional{}
	}
	return Conditional{IfMatch: `"` + version + `"`}
}

// Match returns problem.Changed unless the request may be done to a resource with that ETag.
func (c Conditional) Match(etag string) error {
	if c.IfMatch == "" || strings.TrimSpace(c.IfMatch) == "*" {
		return nil
	}
	for tag := range strings.SplitSeq(c.IfMatch, ",") {
		// What compresses on the way makes an ETag a weak one. The version that it holds is still that of the resource.
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == `"`+etag+`"` {
			return nil
		}
	}
	return problem.New(problem.Changed, "It has changed since you read it. Read it again, and send the new ETag in If-Match.")
}
