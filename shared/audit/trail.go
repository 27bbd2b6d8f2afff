package audit

import (
	"fmt"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// Trail is what changes leave on the record that they are of.
type Trail struct {
	UpdatedAt time.Time
	UpdatedBy api.By
	Version   int    // counts the changes
	LastEvent string // hash of the latest audit event
}

// Begun is the trail of a record that is made at that time.
func Begun(by auth.Principal, at time.Time) Trail {
	return Trail{UpdatedAt: at, UpdatedBy: by.By(), Version: 1}
}

// Touched returns the trail of one more change.
func (t Trail) Touched(by auth.Principal, now time.Time) Trail {
	t.UpdatedAt, t.UpdatedBy = After(t.UpdatedAt, now), by.By()
	t.Version++
	return t
}

// ETag is the version as the API tells it.
func (t Trail) ETag() string { return fmt.Sprint(t.Version) }

// Latest returns the trail itself, of a record that has one.
func (t Trail) Latest() Trail { return t }

// Record is a record whose changes are told.
type Record[R any] interface {
	Do(action string, by auth.Principal, now time.Time) (R, error)
	Since(was R) Changes
	Resource() Resource
	Latest() Trail
}

// Transition returns the change that an action of the noun makes of a record, with its event.
func Transition[R Record[R]](by auth.Principal, noun, action string, now time.Time, random io.Reader) func(R) (R, Event, error) {
	return func(was R) (R, Event, error) {
		is, err := was.Do(action, by, now)
		if err != nil {
			return is, Event{}, err
		}
		e, err := New(by, noun+"."+action, is.Resource(), is.Since(was), was.Latest().LastEvent, is.Latest().UpdatedAt, random)
		return is, e, err
	}
}
