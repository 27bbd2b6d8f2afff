package restore

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// FromAudit revokes what has an event in the export that the restored table does not have, in the name of whoever made
// the change:
//
//   - A key that was deleted or rotated is deleted, because its present access key is unknown. An overlap that was ended
//     is ended. After any other change the key is disabled, because the change may have narrowed it.
//   - An application that was changed is disabled, and archived if it was. An Arx that was deleted or disabled is. A
//     management key that was deleted is.
//   - A record whose events do not follow the last one that the table has is treated as deleted or disabled: the export
//     lacks some.
//
// What was created since is lost. The events of the export are not imported: keep the file.
func (r Restore) FromAudit(ctx context.Context, export io.Reader) error {
	was, needed, err := r.start(ctx)
	if err != nil || !needed {
		return err
	}
	if r.Since.IsZero() {
		return errNoPoint
	}
	events, last, err := read(export, r.Since.Add(-margin))
	if err != nil {
		return err
	}
	if last.Table != was.Table {
		return fmt.Errorf("the table %s was restored from the table %s, and the export is of %s", r.To, was.Table, last.Table)
	}
	db := table.New(r.Client, r.To)
	if events, err = r.unknown(ctx, db, events); err != nil {
		return err
	}
	r.report("%d events since the point in time. The export began at %s: what was revoked later is valid again.", len(events), last.At.Format(time.RFC3339))
	slices.SortFunc(events, func(a, b recorded) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	v := &revoking{
		Restore: r, of: map[string][]recorded{}, keys: keystore.New(db), applications: applicationstore.New(db), arxes: arxstore.New(db),
		management: managementkeystore.New(db), db: db,
	}
	for _, e := range events {
		v.of[e.Resource.ID] = append(v.of[e.Resource.ID], e)
	}
	if err := v.defaults(ctx, events); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(v.of)) {
		if err := v.record(ctx, id, v.of[id]); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	if err := v.uses(ctx); err != nil {
		return err
	}
	return r.finish(ctx, was)
}

// revoking is a restore from an export in progress.
type revoking struct {
	Restore
	of           map[string][]recorded // events by record, in order
	keys         *keystore.Keys
	applications *applicationstore.Applications
	arxes        *arxstore.Arxes
	management   *managementkeystore.ManagementKeys
	db           *table.Table
}

// by returns who made the change.
func (e recorded) by() auth.Principal {
	p := e.Principal
	return auth.Principal{Kind: p.Kind, ID: p.ID, Name: p.Name, Tenant: e.tenant, From: e.From, RequestID: e.RequestID}
}

// latest returns the last of the events with one of the actions.
func latest(events []recorded, actions ...string) (e recorded, ok bool) {
	for _, e := range slices.Backward(events) {
		if slices.Contains(actions, e.Action) {
			return e, true
		}
	}
	return e, false
}

// linked reports whether the events of a record follow each other, and the first one follows one that the restored
// table has. Otherwise the export lacks events.
func (v *revoking) linked(ctx context.Context, id, lastEvent string, events []recorded) (bool, error) {
	known := map[string]bool{lastEvent: true}
	for item, err := range v.db.All(ctx, table.Partition(table.ResourceEvent(events[0].tenant, id, ""))) {
		if err != nil {
			return false, err
		}
		e, err := auditstore.Decode(item)
		if err != nil {
			return false, err
		}
		known[e.Hash], known[e.Previous] = true, true // an earlier attempt may have added an event
	}
	for _, e := range events {
		if !known[e.Previous] {
			return false, nil
		}
		known[e.Hash] = true
	}
	return true, nil
}

// record replays the events of one record.
func (v *revoking) record(ctx context.Context, id string, events []recorded) (err error) {
	last := events[len(events)-1]
	switch last.Resource.Kind {
	case "key":
		err = v.key(ctx, id, last.tenant, events)
	case "application":
		err = v.application(ctx, id, last.tenant, events)
	case "arx":
		err = v.arx(ctx, id, last.tenant, events)
	case "management_key":
		err = v.managementKey(ctx, id, last.tenant, events)
	default:
		err = fmt.Errorf("a record of the unknown kind %q", last.Resource.Kind)
	}
	if problem.Is(err, problem.NotFound) {
		v.report("%s %s (%s): lost, it was created since", last.Resource.Kind, id, last.Resource.Name)
		return nil
	}
	return err
}

func (v *revoking) key(ctx context.Context, id, tenant string, events []recorded) error {
	k, err := v.keys.Get(ctx, tenant, id)
	if err != nil || k.State == api.KeyDeleted {
		return err
	}
	last := events[len(events)-1]
	do := func(operation string, action lifecycle.Action) error {
		_, err := v.keys.Change(ctx, tenant, id, lifecycle.Transition(last.by(), operation, api.Conditional{}, func(was keys.Key) (keys.Key, error) {
			// The Arx may be deleted already, which does not change what has to be done with its keys.
			return was.Do(action, time.Now(), api.ArxActive)
		}, rand.Reader))
		return err
	}
	_, gone := latest(events, api.DeleteKey.Name)
	_, rotated := latest(events, api.RotateKey.Name)
	linked, err := v.linked(ctx, id, k.LastEvent, events)
	switch {
	case err != nil:
		return err
	case gone:
		v.report("key %s (%s): deleted, as it was", id, k.Name)
		return do(api.DeleteKey.Name, keys.Delete)
	case rotated:
		v.report("key %s (%s): deleted, because it was rotated and its present access key is not in the export", id, k.Name)
		return do(api.DeleteKey.Name, keys.Delete)
	case !linked:
		v.report("key %s (%s): deleted, because the export lacks events of it", id, k.Name)
		return do(api.DeleteKey.Name, keys.Delete)
	}
	if _, ended := latest(events, api.EndKeyOverlap.Name); ended && k.Overlap(time.Now()) != nil {
		v.report("key %s (%s): its overlap is ended", id, k.Name)
		if err := do(api.EndKeyOverlap.Name, keys.EndOverlap); err != nil {
			return err
		}
	}
	changed := slices.ContainsFunc(events, func(e recorded) bool { return e.Action != api.EndKeyOverlap.Name && e.Action != api.EnableKey.Name })
	if changed && k.State != api.KeyDisabled {
		v.report("key %s (%s): disabled, it was changed; compare it with the export before you enable it", id, k.Name)
		return do(api.DisableKey.Name, keys.Disable)
	}
	return nil
}

func (v *revoking) application(ctx context.Context, id, tenant string, events []recorded) error {
	a, err := v.applications.Get(ctx, tenant, id)
	if err != nil {
		return err
	}
	last := events[len(events)-1]
	do := func(operation string, action lifecycle.Action) error {
		a, err = v.applications.Change(ctx, tenant, id, lifecycle.Transition(last.by(), operation, api.Conditional{}, func(was applications.Application) (applications.Application, error) {
			return was.Do(action, last.by(), time.Now())
		}, rand.Reader))
		return err
	}
	widened := []string{api.EnableApplication.Name, api.UnarchiveApplication.Name}
	if !slices.ContainsFunc(events, func(e recorded) bool { return !slices.Contains(widened, e.Action) }) {
		linked, err := v.linked(ctx, id, a.LastEvent, events)
		if err != nil || linked {
			return err
		}
	}
	if a.Status == api.ApplicationActive {
		v.report("application %s (%s): disabled, it was changed; compare it with the export before you enable it", id, a.Name)
		if err := do(api.DisableApplication.Name, applications.Disable); err != nil {
			return err
		}
	}
	archived, _ := latest(events, api.ArchiveApplication.Name, api.UnarchiveApplication.Name)
	if archived.Action == api.ArchiveApplication.Name && a.Status == api.ApplicationDisabled {
		v.report("application %s (%s): archived, as it was", id, a.Name)
		return do(api.ArchiveApplication.Name, applications.Archive)
	}
	return nil
}

func (v *revoking) arx(ctx context.Context, id, tenant string, events []recorded) error {
	a, err := v.arxes.Get(ctx, tenant, id)
	if err != nil || a.Status == api.ArxDeleted {
		return err
	}
	last := events[len(events)-1]
	change := func(operation string, action lifecycle.Action) func(arxes.Arx) (arxes.Arx, audit.Event, error) {
		return lifecycle.Transition(last.by(), operation, api.Conditional{}, func(was arxes.Arx) (arxes.Arx, error) {
			return was.Do(action, last.by(), time.Now())
		}, rand.Reader)
	}
	_, gone := latest(events, api.DeleteArx.Name)
	_, disabled := latest(events, api.DisableArx.Name)
	linked, err := v.linked(ctx, id, a.LastEvent, events)
	if err != nil {
		return err
	}
	if gone {
		_, err := v.arxes.Delete(ctx, tenant, id, change(api.DeleteArx.Name, arxes.Delete))
		if !problem.Is(err, problem.WrongState) {
			v.report("arx %s (%s): deleted, as it was", id, a.Name)
			return err
		}
		// It is the default, and the one that became the default is lost.
		v.report("arx %s (%s): it was deleted. It is disabled instead, because it is the default and its successor is lost", id, a.Name)
	}
	if (gone || disabled || !linked) && a.Status == api.ArxActive {
		v.report("arx %s (%s): disabled", id, a.Name)
		_, err = v.arxes.Change(ctx, tenant, id, change(api.DisableArx.Name, arxes.Disable))
		return err
	}
	return nil
}

// defaults makes the Arx the default of each tenant that became it last, so that its predecessor can be deleted.
func (v *revoking) defaults(ctx context.Context, events []recorded) error {
	successors := map[string]recorded{} // by tenant
	for _, e := range events {
		if e.Action == api.SetDefaultArx.Name {
			successors[e.tenant] = e
		}
	}
	for _, tenant := range slices.Sorted(maps.Keys(successors)) {
		e := successors[tenant]
		_, _, err := v.arxes.SetDefault(ctx, tenant, e.Resource.ID, arxes.Succession(e.by(), api.Conditional{}, time.Now(), rand.Reader))
		if err != nil && !problem.Is(err, problem.WrongState) && !problem.Is(err, problem.NotFound) { // it is the default, or is lost
			return err
		}
	}
	return nil
}

func (v *revoking) managementKey(ctx context.Context, id, tenant string, events []recorded) error {
	last, gone := latest(events, api.DeleteManagementKey.Name)
	if _, created := latest(events, api.CreateManagementKey.Name); gone && created {
		return nil
	}
	m, err := v.management.Get(ctx, tenant, id)
	if gone && problem.Is(err, problem.NotFound) { // deleted by an earlier attempt
		return nil
	}
	if err != nil || !gone {
		return err
	}
	v.report("management key %s (%s): deleted, as it was", id, m.Name)
	_, err = v.management.Delete(ctx, tenant, id, managementkeys.Deletion(last.by(), api.Conditional{}, time.Now(), rand.Reader))
	return err
}

// uses reports the keys whose limit of uses counts from the point in time again.
func (v *revoking) uses(ctx context.Context) error {
	for item, err := range scan(ctx, v.Client, v.To) {
		if err != nil {
			return err
		}
		if kind, _, _ := item.Key().Parts(); kind != "cred" {
			continue
		}
		if k := keystore.DecodeKey(item); k.Uses != nil && k.State != api.KeyDeleted {
			v.report("key %s (%s): its limited uses since the point in time are not counted", k.ID, k.Name)
		}
	}
	return nil
}
