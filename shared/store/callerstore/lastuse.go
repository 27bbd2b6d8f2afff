package callerstore

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	usedAt     = "at"                   // of table.LastUse
	useEvery   = time.Hour              // how exact the last use is
	useTimeout = 250 * time.Millisecond // how long the environment may be held up by telling it
	maxTold    = 1000                   // management keys, of which an environment knows when it told
)

// Used notes that the management key was used at that time: at most once an hour per environment, and once
// the call that uses it has been answered. The hour begins with the attempt, so that a store that is slow is
// not asked again by the next call.
func (s *Callers) Used(ctx context.Context, c auth.ManagementCredential, at time.Time) {
	if !s.tells(c.Principal.ID, at) {
		return
	}
	after.Response(ctx, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, useTimeout)
		defer cancel()
		// It goes with the key, and if the key was deleted at this very moment, in the end all the same.
		until := table.Item{}
		until.SetTTL(c.ExpiresAt.Add(audit.Retention))
		_ = s.db.SetLater(ctx, table.LastUse(c.Principal.ID), usedAt, at, until) // statistics: the next hour tries again
	})
}

// tells reports whether this environment is to tell of the key's use at that time.
func (s *Callers) tells(id string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.told[id]; ok && at.Before(last.Add(useEvery)) {
		return false
	}
	if len(s.told) >= maxTold {
		clear(s.told)
	}
	s.told[id] = at
	return true
}

// Uses returns when the management keys with the ids were used last; of one that never was, nothing.
func Uses(ctx context.Context, db *table.Table, ids []string) (map[string]*time.Time, error) {
	var wanted []table.Key
	of := map[table.Key]string{}
	for _, id := range ids {
		wanted = append(wanted, table.LastUse(id))
		of[table.LastUse(id)] = id
	}
	items, err := db.GetAll(ctx, wanted)
	if err != nil {
		return nil, err
	}
	uses := map[string]*time.Time{}
	for _, item := range items {
		if at := item.PastTime(usedAt, db.Now()); !at.IsZero() {
			uses[of[item.Key()]] = &at
		}
	}
	return uses, nil
}
