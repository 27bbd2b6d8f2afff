package lifecycle

import (
	"io"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// Record is what a change makes of Was: mostly a Was itself, changed.
type Record[Was any] interface {
	Resource() audit.Resource
	Since(was Was) audit.Changes
	Latest() audit.Trail
}

// Transition returns the change of a record that decide makes, with its audit event: the one way in
// which an operation changes what exists. A record that is not the one that the caller saw is
// problem.Changed; an error of decide is the change's. A store may call the change again, with what
// the record has become meanwhile.
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
