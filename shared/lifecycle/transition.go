package lifecycle

import (
	"io"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// Record is the result of a change of Was, usually the changed Was itself.
type Record[Was any] interface {
	Resource() audit.Resource
	Since(was Was) audit.Changes
	Latest() audit.Trail
}

// Transition returns a change function that applies decide to a record and returns it with its audit event.
// All operations that change an existing record use it. The function returns problem.Changed if the record
// does not match the condition, and decide's error. A store may call it again with the current record after
// a concurrent change.
func Transition[Was Record[Was], Is Record[Was]](by auth.Principal, operation string, seen api.Conditional, decide func(was Was) (Is, error), random io.Reader) func(was Was) (Is, audit.Event, error) {
	return func(was Was) (is Is, e audit.Event, err error) {
		if err := seen.Match(was.Latest().ETag()); err != nil {
			return is, e, err
		}
		if is, err = decide(was); err != nil {
			return is, e, err
		}
		e, err = audit.New(by, operation, is.Resource(), is.Since(was), was.Latest().LastEvent, is.Latest().UpdatedAt, random)
		return is, e, err
	}
}
