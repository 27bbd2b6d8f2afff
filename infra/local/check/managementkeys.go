package check

import (
	"crypto/sha256"

	"github.com/arxkeys/arxkeys/shared/store/callerstore"
)

// managementKeys compares the rows of management keys with their credentials.
func (t *tenant) managementKeys(s *stored) {
	for id, m := range t.management {
		item, ok := s.management[id]
		if !ok {
			t.add("%s: has a row, but no credential", id)
			continue
		}
		c := callerstore.Decode(id, item)
		if p := c.Principal; p.Tenant != t.name || p.Name != m.Name || p.Role != m.Role || !c.ExpiresAt.Equal(m.ExpiresAt) {
			t.add("%s: its row and its credential differ", id)
		}
		if len(c.Digest) != sha256.Size {
			t.add("%s: has no digest", id)
		}
		delete(s.management, id)
	}
}
