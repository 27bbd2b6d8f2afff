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

// Change makes of the tenant's key what change returns for it, with the event. Where somebody else
// changes it meanwhile, change is asked again. From the answer on a key that change deletes does not
// verify, and every list read that starts then is right.
func (s *Keys) Change(ctx context.Context, tenant, id string, change func(was keys.Key) (keys.Key, audit.Event, error)) (keys.Key, error) {
	return s.change(ctx, tenant, id, change, false)
}

// change is Change, by a job that settles keys or by somebody else.
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
		var digests table.Update // no digest is read, and none is written
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

// Rotate gives the tenant's key the access key that change returns for it, with the event and the
// request that asked for it. Where somebody else changes the key meanwhile, change is asked again.
// From the answer on, an access key that gave way without an overlap does not verify.
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

// digestsOf returns what a rotation makes of the digests: the one that gives way becomes the older
// one for the overlap, if there is any, without being read.
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

// revise commits the transaction with the change of the key: its credential, of which it updates
// the digests as it is told, its row, what it is counted in, and the event.
func (s *Keys) revise(ctx context.Context, tx *table.Transaction, was, is keys.Key, digests table.Update, e audit.Event) error {
	row, err := s.stored(ctx, is.Tenant, is.ID)
	if err != nil {
		return err
	}
	if is.State == was.State && same(is.ExpiresAt, was.ExpiresAt) {
		is.Counted = row.Counted // that it expired meanwhile is for the sweep to settle
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

// remove commits the transaction with the deletion of the key: its credential without a digest, its row among those of
// deleted keys, what it is counted in, and the event.
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

// noteUnsettled notes that the change moves a key that readers of totals may hold as unsettled: one of an Arx that is being
// settled, or one that has expired and is counted as active.
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

// same reports whether both are the same time, or both none.
func same(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
