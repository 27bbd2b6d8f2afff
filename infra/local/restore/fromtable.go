package restore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Settle is how long functions may continue to use a table after its stamp has changed: they rely on it for a minute,
// and a request takes at most ten seconds.
const Settle = 75 * time.Second

// FromTable takes from the old table the present state of every record that has an event since the point in time, and
// all events, uses, limits and idempotent requests since. So nothing that was changed through the API is lost, whether
// it was revoked, rotated or created. Everything else is as it was at the point in time.
//
// First it closes the old table: its stamp names the restored table from then on, so functions refuse it, and nothing
// is revoked there that the restored table would miss. Then it waits for settle; see Settle. Reopen undoes that.
func (r Restore) FromTable(ctx context.Context, from string, settle time.Duration) error {
	was, needed, err := r.start(ctx)
	if err != nil || !needed {
		return err
	}
	if r.Since.IsZero() {
		return errNoPoint
	}
	if was.Table != from {
		return fmt.Errorf("the table %s was restored from the table %s, not from %s", r.To, was.Table, from)
	}
	switch old, ok, err := table.ReadStamp(ctx, r.Client, from); {
	case err != nil:
		return err
	case !ok || old.Table != from && old.Table != r.To || old.Format != was.Format:
		return fmt.Errorf("the table %s is not in use, or has another format than %s: its stamp is %+v", from, r.To, old)
	case old.Table == from:
		if err := table.Restamp(ctx, r.Client, from, old, table.Stamp{Format: old.Format, Table: r.To}); err != nil {
			return err
		}
	}
	r.report("%s is closed. Waiting %s until no function uses it.", from, settle)
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return ctx.Err()
	}
	c := &copying{
		writer: writer{Restore: r}, from: from, first: ids.Earliest(api.EventPrefix, r.Since.Add(-margin)),
		changed: map[string]bool{}, kept: map[table.Key]bool{}, tenants: map[string]*tenant{},
	}
	for _, step := range []func(context.Context) error{c.find, c.copy, c.removeOthers, c.tenantsAgree} {
		if err := step(ctx); err != nil {
			return err
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
	}
	r.report("%d items written", c.written)
	return r.finish(ctx, was)
}

// Reopen gives up a restore: functions use the old table again.
func (r Restore) Reopen(ctx context.Context, from string) error {
	_, needed, err := r.start(ctx)
	if err != nil {
		return err
	}
	if !needed {
		return fmt.Errorf("the table %s is complete, and may have changed: restore %s in turn", r.To, from)
	}
	old, _, err := table.ReadStamp(ctx, r.Client, from)
	if err != nil || old.Table == from {
		return err
	}
	if old.Table != r.To {
		return fmt.Errorf("the table %s was not closed for %s: its stamp names %s", from, r.To, old.Table)
	}
	return table.Restamp(ctx, r.Client, from, old, table.Stamp{Format: old.Format, Table: from})
}

// copying is a restore from the old table in progress.
type copying struct {
	writer
	from    string
	first   string             // the smallest possible id of an event since the point in time
	changed map[string]bool    // records with an event since
	kept    map[table.Key]bool // their items in the old table
	tenants map[string]*tenant
}

// isSince reports whether the item is an event since the point in time. Ids of events sort by time.
func (c *copying) isSince(at table.Key) bool {
	return strings.HasPrefix(at.PK, "evt#") && at.SK >= c.first
}

// find finds the records that have changed since the point in time, by their events.
func (c *copying) find(ctx context.Context) error {
	c.report("searching %s for what has changed", c.from)
	for item, err := range scan(ctx, c.Client, c.from) {
		if err != nil {
			return err
		}
		if _, _, record := item.Key().Parts(); record != "" && c.isSince(item.Key()) {
			c.changed[record] = true
		}
	}
	c.report("%d records have changed", len(c.changed))
	return nil
}

// copy copies the items of changed records, and everything else that only grows.
func (c *copying) copy(ctx context.Context) error {
	c.report("copying them from %s", c.from)
	for item, err := range scan(ctx, c.Client, c.from) {
		if err != nil {
			return err
		}
		at := item.Key()
		kind, name, _ := at.Parts()
		changed := c.changed[recordOf(item)]
		if changed {
			c.kept[at] = true
		}
		switch at.PK {
		case table.DefaultArx(name).PK:
			c.tenant(name).before = item
		case table.RollUp(name).PK:
			changed = true
		}
		if changed || kind == "lim" || kind == "use" || kind == "idem" || c.isSince(at) {
			if err := c.put(ctx, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeOthers removes what the restored table has of changed records and the old table has no longer. It reads what
// counts are computed from.
func (c *copying) removeOthers(ctx context.Context) error {
	for item, err := range scan(ctx, c.Client, c.To) {
		if err != nil {
			return err
		}
		if at := item.Key(); c.changed[recordOf(item)] && !c.kept[at] {
			if err := c.remove(ctx, at); err != nil {
				return err
			}
			continue
		}
		c.count(item)
	}
	return nil
}
