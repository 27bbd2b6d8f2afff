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
			return s.remove(ctx, was, is, e)
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
	counted, err := s.counted(ctx, is)
	if err != nil {
		return err
	}
	if is.State == was.State && same(is.ExpiresAt, was.ExpiresAt) {
		is.Counted = counted // that it expired meanwhile is for the sweep to settle
	}
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
	tx.PutWhere(encodeRow(is), hasCounted(counted))
	moveExpiring(tx, was, counted, is)
	if counted != is.Counted {
		countstore.Move(tx, is.Tenant, is.ApplicationID, is.ArxID, counted, is.Counted)
	}
	if err := auditstore.Record(tx, is.Tenant, e); err != nil {
		return err
	}
	return s.db.Commit(ctx, tx)
}

// remove commits the deletion of the key: its credential without a digest, its row among those of
// deleted keys, what it is counted in, and the event.
func (s *Keys) remove(ctx context.Context, was, is keys.Key, e audit.Event) error {
	counted, err := s.counted(ctx, is)
	if err != nil {
		return err
	}
	is.LastEvent = e.Hash
	tx := new(table.Transaction)
	tx.Replace(encodeCredential(is), version, was.Version)
	tx.DeleteWhere(table.KeyRow(is.Tenant, is.ID), hasCounted(counted))
	tx.Put(encodeRow(is))
	moveExpiring(tx, was, counted, is)
	countstore.Move(tx, is.Tenant, was.ApplicationID, was.ArxID, counted, is.Counted)
	if err := auditstore.Record(tx, is.Tenant, e); err != nil {
		return err
	}
	return s.db.Commit(ctx, tx)
}

// counted returns what the key is counted in, which stands in its row. Where there is no row, the
// key was deleted since it was read: table.ErrStale.
func (s *Keys) counted(ctx context.Context, k keys.Key) (api.KeyStatus, error) {
	row, err := s.db.Get(ctx, table.KeyRow(k.Tenant, k.ID))
	switch {
	case err != nil:
		return "", err
	case row == nil:
		return "", table.ErrStale
	}
	return decodeRow(row).Counted, nil
}

// moveExpiring lets it stand that the key will expire where it is counted as active, and only there.
func moveExpiring(tx *table.Transaction, was keys.Key, counted api.KeyStatus, is keys.Key) {
	stood := counted == api.KeyActive && was.ExpiresAt != nil
	stands := is.Counted == api.KeyActive && is.ExpiresAt != nil
	if stood && stands && same(was.ExpiresAt, is.ExpiresAt) {
		return
	}
	if stood {
		tx.Delete(table.Expiring(was.Tenant, *was.ExpiresAt, was.ID))
	}
	if stands {
		tx.Put(encodeExpiring(is))
	}
}

func hasCounted(as api.KeyStatus) table.Item {
	item := table.Item{}
	item.SetString(rowCounted, string(as))
	return item
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
