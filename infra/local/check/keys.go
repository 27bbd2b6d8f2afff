package check

import (
	"crypto/sha256"
	"reflect"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
)

// keys compares rows with credentials, parents and index entries.
func (t *tenantPart) keys(p part) {
	for id, rows := range t.rows {
		if len(rows) > 1 {
			t.add("%s: has %d rows", id, len(rows))
		}
		for _, r := range rows {
			for _, scope := range countstore.KeyScopes(r.ApplicationID, r.ArxID) {
				add(t.there, scope, string(r.Counted), 1)
			}
			t.row(p, r)
		}
	}
	for at := range t.found {
		t.add("%s: has no row: %q", at.PK, at.SK)
	}
	for id := range t.rows {
		delete(p.credentials, id)
	}
}

// isFound compares a row and its index entries with what they must be, and removes the entries from t.found.
func (t *tenantPart) isFound(r row, deletedAt *time.Time) {
	for i, want := range keystore.Stored(t.name, r.Row, deletedAt) {
		at := want.Key()
		if i == 0 {
			if got := r.item.Without(keystore.Revision); !reflect.DeepEqual(got, want) {
				t.add("%s: is %s, but its row is at the wrong place or differs: %s", r.ID, r.State, r.item.SortKey())
			}
			continue
		}
		switch got, ok := t.found[at]; {
		case !ok:
			t.add("%s: has no entry in %s: %q", r.ID, at.PK, at.SK)
		case !reflect.DeepEqual(got, want):
			t.add("%s: differs in %s", r.ID, at.PK)
		}
		delete(t.found, at)
	}
}

// row compares a row with its credential and its parents.
func (t *tenantPart) row(p part, r row) {
	if r.Counted != r.State && !(r.State == api.KeyActive && r.Counted == api.KeyExpired) {
		t.add("%s: is %s, but is counted as %s", r.ID, r.State, r.Counted)
	}
	item, ok := p.credentials[r.ID]
	if !ok {
		t.add("%s: has a row, but no credential", r.ID)
		t.isFound(r, nil)
		return
	}
	k, credential := keystore.DecodeKey(item), credentialstore.Decode(item)
	t.whole[r.ID] = k
	k.Counted, k.Unused = r.Counted, r.Unused // only the row has these
	t.isFound(r, k.DeletedAt)
	if !reflect.DeepEqual(k.Row, r.Row) || k.Tenant != t.name {
		t.add("%s: its row and its credential differ", r.ID)
	}
	switch {
	case k.State == api.KeyDeleted && len(credential.Digest)+len(credential.OldDigest) > 0:
		t.add("%s: is deleted, but has a digest", r.ID)
	case k.State != api.KeyDeleted && len(credential.Digest) != sha256.Size:
		t.add("%s: has no digest", r.ID)
	}
	if r.State == api.KeyDeleted {
		return // its parents may be purged before it
	}
	if _, ok := t.applications[r.ApplicationID]; !ok {
		t.add("%s: its application %s does not exist", r.ID, r.ApplicationID)
	}
	switch a, ok := t.arxes[r.ArxID]; {
	case !ok:
		t.add("%s: its Arx %s does not exist", r.ID, r.ArxID)
	case a.Status == api.ArxDeleted && !t.settling[r.ArxID]:
		t.add("%s: its Arx %s is deleted and settled, but it is %s", r.ID, r.ArxID, r.State)
	}
}

// uses reports latest uses of records that do not exist.
func (t *tenantPart) uses() {
	for _, id := range t.used {
		_, isApplication := t.applications[id]
		_, isArx := t.arxes[id]
		if !isApplication && !isArx && len(t.rows[id]) == 0 {
			t.add("%s: has a latest use, but does not exist", id)
		}
	}
}

// orphans reports gates and credentials without a record.
func (s *stored) orphans() {
	for id := range s.gates {
		s.add("%s: has a gate, but does not exist", id)
	}
	for id := range s.management {
		s.add("%s: has a credential, but no row", id)
	}
}
