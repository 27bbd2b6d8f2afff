package keystore

import (
	"context"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Change replaces the tenant's key by the one that change returns, and records the event. It calls change
// again if the key was changed concurrently. After it has deleted a key, the key no longer verifies, and
// every list that is read from then on shows the deletion.
func (s *Keys) Change(ctx context.Context, tenant, id string, change func(was keys.Key) (keys.Key, audit.Event, error)) (keys.Key, error) {
	return s.change(ctx, tenant, id, change, false)
}

// change implements Change. settling means that a job settles the keys of a deleted Arx.
func (s *Keys) change(ctx context.Context, tenant, id string, change func(was keys.Key) (keys.Key, audit.Event, error), settling bool) (keys.Key, error) {
	var changed keys.Key
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Get(ctx, tenant, id)
		if err != nil {
			return err
		}
		is, e, err := change(was)
		if err != nil {
			return err
		}
		if changed = is; is.State == api.KeyDeleted {
			return s.remove(ctx, was, is, e, settling)
		}
		var digests table.Update // digests are neither read nor written
		if is.OverlapUntil == nil {
			digests.Remove = []string{oldDigest}
		}
		return s.revise(ctx, new(table.Transaction), was, is, digests, e)
	})
	if err != nil {
		return keys.Key{}, fmt.Errorf("change key %s: %w", id, err)
	}
	return changed, nil
}

// Rotate gives the tenant's key the access key that change returns, and records the event and the
// idempotent request. It calls change again if the key was changed concurrently. After it returns, an
// access key that was replaced without an overlap no longer verifies.
func (s *Keys) Rotate(ctx context.Context, tenant, id string, r requeststore.Request, change func(was keys.Key) (keys.Rotation, audit.Event, error)) (keys.Rotation, error) {
	var rotated keys.Rotation
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Get(ctx, tenant, id)
		if err != nil {
			return err
		}
		rotation, e, err := change(was)
		if err != nil {
			return err
		}
		tx := new(table.Transaction)
		r.Record(tx, id)
		rotated = rotation
		return s.revise(ctx, tx, was, rotation.Key, digestsOf(rotation), e)
	})
	if err != nil {
		return keys.Rotation{}, fmt.Errorf("rotate key %s: %w", id, err)
	}
	return rotated, nil
}

// digestsOf returns the update of the digests for a rotation. With an overlap, it copies the current digest
// to the older one without reading it.
func digestsOf(r keys.Rotation) table.Update {
	sum := r.Secret.Digest()
	u := table.Update{Set: table.Item{}}
	u.Set.SetBytes(digest, sum[:])
	switch {
	case r.Key.OverlapUntil == nil:
		u.Remove = []string{oldDigest}
	case !r.Replaced:
		u.Copy = map[string]string{oldDigest: digest}
	}
	return u
}

// revise commits the transaction with the changed key: its credential, with the given update of the
// digests, its row, its counts, and the event.
func (s *Keys) revise(ctx context.Context, tx *table.Transaction, was, is keys.Key, digests table.Update, e audit.Event) error {
	row, err := s.stored(ctx, is.Tenant, is.ID)
	if err != nil {
		return err
	}
	if is.State == was.State && same(is.ExpiresAt, was.ExpiresAt) {
		is.Counted = row.Counted // if it has expired in the meantime, the sweep counts it
	}
	is.Unused = row.Unused
	is.LastEvent = e.Hash
	credential := encodeCredential(is).Without(table.PK, table.SK)
	update := table.Update{Set: credential, Copy: digests.Copy, Remove: digests.Remove}
	for _, attribute := range shown {
		if _, ok := credential[attribute]; !ok {
			update.Remove = append(update.Remove, attribute)
		}
	}
	credential.SetBytes(digest, digests.Set.Bytes(digest))
	tx.Update(table.Credential(is.ID), hasVersion(was), update)
	s.noteUnsettled(tx, is.Tenant, row, false)
	moveRow(tx, is.Tenant, row, is.Row, nil)
	if row.Counted != is.Counted {
		countstore.Move(tx, is.Tenant, is.ApplicationID, is.ArxID, row.Counted, is.Counted)
	}
	if err := auditstore.Record(tx, is.Tenant, e); err != nil {
		return err
	}
	return s.db.Commit(ctx, tx)
}

// remove commits the transaction with the deleted key: its credential without digests, its row among the
// deleted ones, its counts, and the event.
func (s *Keys) remove(ctx context.Context, was, is keys.Key, e audit.Event, settling bool) error {
	row, err := s.stored(ctx, is.Tenant, is.ID)
	if err != nil {
		return err
	}
	is.LastEvent = e.Hash
	tx := new(table.Transaction)
	tx.Replace(encodeCredential(is), version, was.Version)
	s.noteUnsettled(tx, is.Tenant, row, settling)
	moveRow(tx, is.Tenant, row, is.Row, is.DeletedAt)
	countstore.Move(tx, is.Tenant, was.ApplicationID, was.ArxID, row.Counted, is.Counted)
	if err := auditstore.Record(tx, is.Tenant, e); err != nil {
		return err
	}
	return s.db.Commit(ctx, tx)
}

// noteUnsettled records in the transaction that it moves a key that readers of totals may treat as
// unsettled: a key of an Arx that is being settled, or an expired key that is counted as active.
func (s *Keys) noteUnsettled(tx *table.Transaction, tenant string, row stored, settling bool) {
	due := row.Counted == api.KeyActive && row.ExpiresAt != nil && row.ExpiresAt.Before(s.db.Now().Add(table.MaxSkew))
	if settling || due {
		countstore.Sweeping(tx, tenant)
	}
}

func hasVersion(of keys.Key) table.Item {
	item := table.Item{}
	item.SetInt(version, of.Version)
	return item
}

// same reports whether both times are equal, or both nil.
func same(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
