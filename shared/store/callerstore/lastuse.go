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
	usedAt      = "at"                   // of table.LastUse
	useEvery    = time.Hour              // precision of the last use
	useTimeout  = 250 * time.Millisecond // bounds how long recording a use delays the environment
	maxRecorded = 1000                   // management keys remembered per environment
)

// Used records that the management key was used at that time: at most once an hour per environment, after
// the call has been answered. The hour starts with the attempt, so that the next call does not retry a slow
// store.
func (s *Callers) Used(ctx context.Context, c auth.ManagementCredential, at time.Time) {
	if !s.shouldRecord(c.Principal.ID, at) {
		return
	}
	after.Response(ctx, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, useTimeout)
		defer cancel()
		// The TTL removes the item even if the key is deleted concurrently.
		until := table.Item{}
		until.SetTTL(c.ExpiresAt.Add(audit.Retention))
		_ = s.db.SetLater(ctx, table.LastUse(c.Principal.ID), usedAt, at, until) // best effort: the next hour retries
	})
}

// shouldRecord reports whether this environment should record a use of the key at that time.
func (s *Callers) shouldRecord(id string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.recorded[id]; ok && at.Before(last.Add(useEvery)) {
		return false
	}
	if len(s.recorded) >= maxRecorded {
		clear(s.recorded)
	}
	s.recorded[id] = at
	return true
}

// Uses returns when the management keys with the ids were last used. A key that was never used is not in
// the map.
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
