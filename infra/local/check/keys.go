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

// keys holds rows against credentials, parents, and what they are found by.
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
		t.add("%s: no row is found by it: %q", at.PK, at.SK)
	}
	for id := range t.rows {
		delete(p.credentials, id)
	}
}

// isFound holds a row and what it is found by against what it has to be, and takes it out of what is found.
func (t *tenantPart) isFound(r row, deletedAt *time.Time) {
	for i, want := range keystore.Stored(t.name, r.Row, deletedAt) {
		at := want.Key()
		if i == 0 {
			if got := r.item.Without(keystore.Revision); !reflect.DeepEqual(got, want) {
				t.add("%s: is %s, and its row is not what it has to be: %s", r.ID, r.State, r.item.SortKey())
			}
			continue
		}
		switch got, ok := t.found[at]; {
		case !ok:
			t.add("%s: is not found by %s: %q", r.ID, at.PK, at.SK)
		case !reflect.DeepEqual(got, want):
			t.add("%s: differs in %s", r.ID, at.PK)
		}
		delete(t.found, at)
	}
}

// row holds a row against its credential and its parents.
func (t *tenantPart) row(p part, r row) {
	if r.Counted != r.State && !(r.State == api.KeyActive && r.Counted == api.KeyExpired) {
		t.add("%s: is %s, and is counted as %s", r.ID, r.State, r.Counted)
	}
	item, ok := p.credentials[r.ID]
	if !ok {
		t.add("%s: has a row, and no credential", r.ID)
		t.isFound(r, nil)
		return
	}
	k, credential := keystore.DecodeKey(item), credentialstore.Decode(item)
	t.whole[r.ID] = k
	k.Counted, k.Unused = r.Counted, r.Unused // which only the row says
	t.isFound(r, k.DeletedAt)
	if !reflect.DeepEqual(k.Row, r.Row) || k.Tenant != t.name {
		t.add("%s: its row and its credential differ", r.ID)
	}
	switch {
	case k.State == api.KeyDeleted && len(credential.Digest)+len(credential.OldDigest) > 0:
		t.add("%s: is deleted, and has a digest", r.ID)
	case k.State != api.KeyDeleted && len(credential.Digest) != sha256.Size:
		t.add("%s: has no digest", r.ID)
	}
	if r.State == api.KeyDeleted {
		return // its parents may be gone before it
	}
	if _, ok := t.applications[r.ApplicationID]; !ok {
		t.add("%s: its application %s is not there", r.ID, r.ApplicationID)
	}
	switch a, ok := t.arxes[r.ArxID]; {
	case !ok:
		t.add("%s: its Arx %s is not there", r.ID, r.ArxID)
	case a.Status == api.ArxDeleted && !t.settling[r.ArxID]:
		t.add("%s: its Arx %s is deleted and settled, and it is %s", r.ID, r.ArxID, r.State)
	}
}

// uses tells of latest uses of what is not there.
func (t *tenantPart) uses() {
	for _, id := range t.used {
		_, isApplication := t.applications[id]
		_, isArx := t.arxes[id]
		if !isApplication && !isArx && len(t.rows[id]) == 0 {
			t.add("%s: its latest use is kept, and it is not there", id)
		}
	}
}

// orphans tells of what belongs to nothing.
func (s *stored) orphans() {
	for id := range s.gates {
		s.add("%s: has a gate, and is not there", id)
	}
	for id := range s.management {
		s.add("%s: has a credential, and no row", id)
	}
}
