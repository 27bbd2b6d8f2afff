package audit

import (
	"fmt"
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
