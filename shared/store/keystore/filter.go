package keystore

import (
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
)

// filter selects the rows of a request.
type filter struct {
	req     api.ListKeysRequest
	search  names.Search
	now     time.Time
	gone    map[string]bool // deleted Arxes whose keys' rows may not show the deletion yet
	stopped map[string]bool // inactive applications and Arxes; read only if the request tells stopped keys from others
}

// wantsDeleted reports whether the request may select deleted keys.
func (f filter) wantsDeleted() bool {
	return f.req.Status == api.DeletedKeys || f.req.Include == "deleted" && (f.req.Status == "")
}

// status returns the row's current status.
func (f filter) status(r keys.Row) api.KeyStatus {
	if f.gone[r.ArxID] {
		return r.Status(f.now, api.ArxDeleted)
	}
	return r.Status(f.now, api.ArxActive)
}

// passes reports whether the request selects the row.
func (f filter) passes(r keys.Row) bool { return f.belongs(r) && f.finds(r) }

// belongs reports whether the request selects the row, regardless of the search.
func (f filter) belongs(r keys.Row) bool {
	if f.req.ApplicationID != "" && r.ApplicationID != f.req.ApplicationID || f.req.ArxID != "" && r.ArxID != f.req.ArxID {
		return false
	}
	status := f.status(r)
	active := status == api.KeyActive
	switch f.req.Status {
	case "":
		return status != api.KeyDeleted || f.wantsDeleted()
	case api.WorkingKeys:
		return active && !f.stopped[r.ApplicationID] && !f.stopped[r.ArxID]
	case api.StoppedKeys:
		return active && (f.stopped[r.ApplicationID] || f.stopped[r.ArxID])
	case api.ExpiringKeys:
		return active && r.ExpiresAt != nil && r.ExpiresAt.Before(f.now.Add(keys.ExpiresSoon))
	case api.RotationDueKeys:
		return active && !f.now.Before(r.RotateBy)
	case api.UnusedKeys:
		return active && r.Unused
	}
	return string(status) == string(f.req.Status)
}

// finds reports whether the row matches the search.
func (f filter) finds(r keys.Row) bool {
	if f.req.Query == "" {
		return true
	}
	hint := accesskey.Hint(r.Env, strings.TrimPrefix(r.ID, api.KeyPrefix), r.LastFour)
	return f.search.Finds(r.Name, r.ID, hint)
}
