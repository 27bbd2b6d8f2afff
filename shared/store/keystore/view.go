package keystore

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// view is a set of rows with an order: all rows that a request selects, and as few others as the indexes
// allow.
type view struct {
	ix      index // the index whose order the rows have
	sources func(backward bool) []source
	size    func(context.Context) (int, error) // upper bound of the number of rows; 0 if unknown
}

func known(size int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return size, nil }
}

// maxStopping bounds the inactive parents whose keys are read separately. If there are more, all keys are
// read and filtered.
const maxStopping = 20

// narrowest returns the view with the fewest rows that the request does not select.
func (l list) narrowest() view {
	r := l.req
	switch {
	case r.ApplicationID != "":
		return l.ofParent(byApplication, r.ApplicationID, func(ctx context.Context) (int, error) {
			return l.counts.OfApplication(ctx, l.tenant, r.ApplicationID)
		})
	case r.ArxID != "":
		n := l.totals.OfArx(r.ArxID)
		return l.ofParent(byArx, r.ArxID, known(n.Total+n.Deleted))
	}
	switch r.Status {
	case api.ActiveKeys, api.DisabledKeys, api.ExpiredKeys, api.DeletedKeys:
		return l.ofStatus(api.KeyStatus(r.Status))
	case api.WorkingKeys:
		return l.ofStatus(api.KeyActive)
	case api.StoppedKeys:
		if len(l.stopped) <= maxStopping {
			return l.ofStopped()
		}
	case api.ExpiringKeys:
		return l.between(byExpiry, byExpiry, l.now.Add(time.Millisecond), l.now.Add(keys.ExpiresSoon))
	case api.RotationDueKeys:
		return l.between(due, byRotation, time.UnixMilli(0), l.now.Add(time.Millisecond))
	case api.UnusedKeys:
		return view{byID, func(backward bool) []source { return []source{l.class(l.tenant, order{unused, backward}, live)} }, known(0)}
	}
	n := l.totals.Keys()
	return view{byID, func(backward bool) []source { return l.everything(order{byID, backward}) }, known(n.Total + n.Deleted)}
}

// ofParent returns the view of the keys of an application or an Arx.
func (l list) ofParent(ix index, id string, size func(context.Context) (int, error)) view {
	return view{byID, func(backward bool) []source {
		o := order{ix, backward}
		sources := []source{l.class(l.tenant, o, within(id, live))}
		if l.wantsDeleted() {
			sources = append(sources, l.class(l.tenant, o, within(id, deleted)))
		}
		return sources
	}, size}
}

// ofStopped returns the view of the keys of all inactive applications and Arxes.
func (l list) ofStopped() view {
	return view{byID, func(backward bool) (sources []source) {
		for id := range l.stopped {
			ix := byApplication
			if api.ValidID(api.ArxPrefix, id) {
				ix = byArx
			}
			sources = append(sources, l.class(l.tenant, order{ix, backward}, within(id, live)))
		}
		return sources
	}, known(0)}
}

// between returns the view of the rows in a time range of an index, in the order of another index that
// sorts by the same time.
func (l list) between(ix, as index, from, to time.Time) view {
	in := ix.stretch(l.tenant, live, nil, false)
	in.From, in.To = live+"#"+table.Millis(from), live+"#"+table.Millis(to)
	return view{as, func(backward bool) []source { return []source{l.part(l.tenant, order{ix, backward}, live, in)} }, known(0)}
}

// ofStatus returns the view of the keys with the status.
func (l list) ofStatus(status api.KeyStatus) view {
	n := l.totals.Keys()
	class := func(of api.KeyStatus) func(bool) source {
		return func(backward bool) source { return l.class(l.tenant, order{byStatus, backward}, string(of)) }
	}
	v := view{ix: byID}
	switch status {
	case api.KeyExpired:
		expired := class(api.KeyExpired)
		v.size = known(n.Expired)
		v.sources = func(backward bool) []source {
			return []source{l.due(backward, class(api.KeyActive)), expired(backward)}
		}
	case api.KeyDeleted:
		gone := class(api.KeyDeleted)
		v.size = known(n.Deleted)
		v.sources = func(backward bool) (sources []source) {
			for id := range l.gone {
				sources = append(sources, l.class(l.tenant, order{byArx, backward}, within(id, live)))
			}
			return append(sources, gone(backward))
		}
	default:
		v.size = known(max(n.Active, n.Disabled))
		v.sources = func(backward bool) []source { return []source{class(status)(backward)} }
	}
	return v
}

// due returns the source of the expired keys that no job has counted as expired yet. If there are many, it
// returns the source of all keys that are counted as active.
func (l list) due(backward bool, active func(bool) source) source {
	ids := l.totals.Due()
	if len(ids) > l.bounds.Sorted {
		return active(backward)
	}
	var read source
	return func(ctx context.Context, behind *position, n int) ([]keys.Row, error) {
		if read == nil {
			found, err := l.live(ctx, l.tenant, ids)
			if err != nil {
				return nil, err
			}
			read = these(found, order{byID, backward})
		}
		return read(ctx, behind, n)
	}
}

// live returns the rows with the ids of keys that are not deleted, in any order.
func (s *Keys) live(ctx context.Context, tenant string, ids []string) ([]keys.Row, error) {
	at := make([]table.Key, len(ids))
	for i, id := range ids {
		at[i] = table.KeyRow(tenant, id)
	}
	items, err := s.db.GetAll(ctx, at)
	return decodeRows(items), err
}
