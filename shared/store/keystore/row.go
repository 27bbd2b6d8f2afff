package keystore

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// stored is a stored row. Jobs write rows without their credentials, so rows have their own revisions.
type stored struct {
	keys.Row
	revision int
}

func decodeStored(item table.Item) stored { return stored{decodeRow(item), item.Int(rowRevision)} }

// stored returns the row of a key that is not deleted. It returns table.ErrStale if there is none, because
// the key was deleted after it was read.
func (s *Keys) stored(ctx context.Context, tenant, id string) (stored, error) {
	item, err := s.db.Get(ctx, table.KeyRow(tenant, id))
	switch {
	case err != nil:
		return stored{}, err
	case item == nil:
		return stored{}, table.ErrStale
	}
	return decodeStored(item), nil
}

// insertRow adds the row of a new key and its copies. The commit returns taken if the row exists.
func insertRow(tx *table.Transaction, tenant string, r keys.Row, taken error) {
	tx.Insert(encodeRow(tenant, r, 1, nil), taken)
	moveCopies(tx, tenant, nil, &r)
}

// moveRow replaces the stored row and its copies. The commit returns table.ErrStale if the row was written
// since it was read. deletedAt is nil unless the key is deleted.
func moveRow(tx *table.Transaction, tenant string, was stored, is keys.Row, deletedAt *time.Time) {
	from, _ := byID.at(tenant, was.Row)
	row := encodeRow(tenant, is, was.revision+1, deletedAt)
	if from == row.Key() {
		tx.PutWhere(row, hasRevision(was))
	} else {
		tx.DeleteWhere(from, hasRevision(was))
		tx.Put(row)
	}
	if !reflect.DeepEqual(encodeCopy(from, was.Row), encodeCopy(from, is)) {
		moveCopies(tx, tenant, &was.Row, &is)
	}
}

// removeRow removes the row and its copies. The commit returns table.ErrStale if the row was written since
// it was read.
func removeRow(tx *table.Transaction, tenant string, was stored) {
	from, _ := byID.at(tenant, was.Row)
	tx.DeleteWhere(from, hasRevision(was))
	moveCopies(tx, tenant, &was.Row, nil)
}

// moveCopies writes and removes copies of a row, and its words. was is nil for a new row, is for a removed
// one.
func moveCopies(tx *table.Transaction, tenant string, was, is *keys.Row) {
	var old []table.Key
	if was != nil {
		old = places(tenant, *was)
	}
	var stays []table.Key
	if is != nil {
		for _, item := range copiesOf(tenant, *is) {
			tx.Put(item)
			stays = append(stays, item.Key())
		}
		for _, at := range wordsAt(tenant, *is) {
			if stays = append(stays, at); !slices.Contains(old, at) {
				tx.Put(table.NewItem(at))
			}
		}
	}
	for _, at := range old {
		if !slices.Contains(stays, at) {
			tx.Remove(at)
		}
	}
	moveExpiring(tx, tenant, was, is)
}

// copiesOf returns the copies of the row.
func copiesOf(tenant string, r keys.Row) []table.Item {
	var items []table.Item
	for _, ix := range copies {
		at, belongs := ix.at(tenant, r)
		if !belongs {
			continue
		}
		item := encodeCopy(at, r)
		if ix.until != nil {
			item.SetTTL(*ix.until(r))
		}
		items = append(items, item)
	}
	return items
}

// places returns the keys of the row's copies and words.
func places(tenant string, r keys.Row) []table.Key {
	at := wordsAt(tenant, r)
	for _, ix := range copies {
		if key, belongs := ix.at(tenant, r); belongs {
			at = append(at, key)
		}
	}
	return at
}

// wordsAt returns the keys of the row's words. A deleted key has none.
func wordsAt(tenant string, r keys.Row) []table.Key {
	if r.State == api.KeyDeleted {
		return nil
	}
	var at []table.Key
	for _, word := range wordsOf(r.Name) {
		at = append(at, wordAt(tenant, word, r.ID))
	}
	return at
}

// moveExpiring writes and removes the item that records when a key expires. Only a key that is counted as
// active has one.
func moveExpiring(tx *table.Transaction, tenant string, was, is *keys.Row) {
	from, to := expiring(tenant, was), expiring(tenant, is)
	switch {
	case from != nil && to != nil && from.Key() == to.Key():
		return
	case from != nil:
		tx.Delete(from.Key())
	}
	if to != nil {
		tx.Put(to)
	}
}

func expiring(tenant string, r *keys.Row) table.Item {
	if r == nil || r.Counted != api.KeyActive || r.ExpiresAt == nil {
		return nil
	}
	item := table.NewItem(table.Expiring(tenant, *r.ExpiresAt, r.ID))
	item.SetString(countstore.ExpiringApplication, r.ApplicationID)
	item.SetString(countstore.ExpiringArx, r.ArxID)
	item.SetDue(table.Expiry, r.ID, *r.ExpiresAt)
	return item
}

func hasRevision(of stored) table.Item {
	item := table.Item{}
	item.SetInt(rowRevision, of.revision)
	return item
}

// Stored returns all items for a row except its credential and its counts. The revision of the row is 0.
func Stored(tenant string, r keys.Row, deletedAt *time.Time) []table.Item {
	items := append([]table.Item{encodeRow(tenant, r, 0, deletedAt)}, copiesOf(tenant, r)...)
	for _, at := range wordsAt(tenant, r) {
		items = append(items, table.NewItem(at))
	}
	if item := expiring(tenant, &r); item != nil {
		items = append(items, item)
	}
	return slices.Clip(items)
}
