package audit

import (
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// Trail is the trace of the latest change in a record.
type Trail struct {
	UpdatedAt time.Time
	UpdatedBy api.By
	Version   int    // counts the changes
	LastEvent string // hash of the latest audit event
}

// Begun returns the trail of a new record.
func Begun(by auth.Principal, at time.Time) Trail {
	return Trail{UpdatedAt: at, UpdatedBy: by.By(), Version: 1}
}

// Touched returns the trail after one more change.
func (t Trail) Touched(by auth.Principal, now time.Time) Trail {
	t.UpdatedAt, t.UpdatedBy = After(t.UpdatedAt, now), by.By()
	t.Version++
	return t
}

// ETag returns the version in the API's format.
func (t Trail) ETag() string { return fmt.Sprint(t.Version) }

// Latest returns the trail itself. It implements lifecycle.Record for records that embed a Trail.
func (t Trail) Latest() Trail { return t }
