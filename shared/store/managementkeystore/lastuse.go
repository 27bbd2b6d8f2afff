package managementkeystore

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	useEvery   = time.Hour              // how exact the last use is
	useTimeout = 250 * time.Millisecond // how long a call may wait for telling it
	maxUsed    = 1000                   // management keys, of which an environment knows when it told
)

// Used notes that the management key was used at that time: at most once an hour per environment, and
// so that the call that uses it neither fails by it nor waits for long. The hour begins with the
// attempt, so that a store that is slow is not asked again by the next call.
func (s *ManagementKeys) Used(ctx context.Context, c auth.ManagementCredential, at time.Time) {
	if !s.tells(c.Principal.ID, at) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, useTimeout)
	defer cancel()
	use := table.Item{}
	use.SetTime(usedAt, at)
	// It goes with the key, and if the key was deleted at this very moment, in the end all the same.
	use.SetInt(table.TTL, int(c.ExpiresAt.Add(audit.Retention).Unix()))
	tx := new(table.Transaction)
	tx.Set(table.LastUse(c.Principal.ID), use)
	_ = s.db.Commit(ctx, tx) // a use that is not noted is no reason to refuse it
}

// tells reports whether this environment is to tell of the key's use at that time.
func (s *ManagementKeys) tells(id string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.used[id]; ok && at.Before(last.Add(useEvery)) {
		return false
	}
	if len(s.used) >= maxUsed {
		clear(s.used)
	}
	s.used[id] = at
	return true
}

// readUses gives the management keys their last use.
func (s *ManagementKeys) readUses(ctx context.Context, of []managementkeys.ManagementKey) error {
	var wanted []table.Key
	for _, m := range of {
		wanted = append(wanted, table.LastUse(m.ID))
	}
	items, err := s.db.GetAll(ctx, wanted)
	if err != nil {
		return err
	}
	uses := map[table.Key]*time.Time{}
	for _, item := range items {
		uses[item.Key()] = item.OptionalTime(usedAt)
	}
	for i := range of {
		of[i].LastUsedAt = uses[table.LastUse(of[i].ID)]
	}
	return nil
}
