package keys

import (
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// WithArx returns the change that makes a key deleted because its Arx is, with its event. The
// principal is who deleted the Arx. One that is deleted by itself already is problem.WrongState.
func WithArx(by auth.Principal, now time.Time, random io.Reader) func(Key) (Key, audit.Event, error) {
	return func(was Key) (Key, audit.Event, error) {
		is, err := was.Do(Delete, now, api.ArxActive) // the key by itself does not know yet that it is deleted
		if err != nil {
			return is, audit.Event{}, err
		}
		changes := audit.Changes{"status": {was.State, is.State}}
		e, err := audit.New(by, api.DeleteArx.Name, is.Resource(), changes, was.LastEvent, is.UpdatedAt, random)
		return is, e, err
	}
}
