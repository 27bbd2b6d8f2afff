package keys

import (
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// WithArx returns a change that deletes a key because its Arx is deleted, and its audit event. The
// principal is who deleted the Arx. The change returns problem.WrongState for a key that was deleted
// itself.
func WithArx(by auth.Principal, now time.Time, random io.Reader) func(Key) (Key, audit.Event, error) {
	return func(was Key) (Key, audit.Event, error) {
		// As if the Arx were active: with its real status the key reads as deleted already.
		is, err := was.Do(Delete, now, api.ArxActive)
		if err != nil {
			return is, audit.Event{}, err
		}
		changes := audit.Changes{"status": {was.State, is.State}}
		e, err := audit.New(by, api.DeleteArx.Name, is.Resource(), changes, was.LastEvent, is.UpdatedAt, random)
		return is, e, err
	}
}
