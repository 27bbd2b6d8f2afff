package keys

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// What can be done with an API key, as can and why name it. A rotation is a replacement where it
// gives up the newest of two access keys.
const (
	Update     lifecycle.Action = "update"
	Disable    lifecycle.Action = "disable"
	Enable     lifecycle.Action = "enable"
	Rotate     lifecycle.Action = "rotate"
	Replace    lifecycle.Action = "replace"
	EndOverlap lifecycle.Action = "end_overlap"
	Delete     lifecycle.Action = "delete"
)

const (
	stays  = "It is deleted, and stays so."
	revive = api.WhyExpired
)

// Lifecycle is the table of what can be done with an API key. Rotation depends on its overlap too.
var Lifecycle = lifecycle.Table[api.KeyStatus]{
	Permission: api.ManageKeys,
	Changes: []lifecycle.Change[api.KeyStatus]{
		{From: api.KeyActive, Do: Update, To: api.KeyActive},
		{From: api.KeyDisabled, Do: Update, To: api.KeyDisabled},
		{From: api.KeyExpired, Do: Update, To: api.KeyExpired},
		{From: api.KeyActive, Do: Disable, To: api.KeyDisabled},
		{From: api.KeyExpired, Do: Disable, To: api.KeyDisabled},
		{From: api.KeyDisabled, Do: Enable, To: api.KeyActive},
		{From: api.KeyActive, Do: Rotate, To: api.KeyActive},
		{From: api.KeyDisabled, Do: Rotate, To: api.KeyDisabled},
		{From: api.KeyActive, Do: Replace, To: api.KeyActive},
		{From: api.KeyDisabled, Do: Replace, To: api.KeyDisabled},
		{From: api.KeyActive, Do: EndOverlap, To: api.KeyActive},
		{From: api.KeyDisabled, Do: EndOverlap, To: api.KeyDisabled},
		{From: api.KeyActive, Do: Delete, To: api.KeyDeleted},
		{From: api.KeyDisabled, Do: Delete, To: api.KeyDeleted},
		{From: api.KeyExpired, Do: Delete, To: api.KeyDeleted},
	},
	Refusals: []lifecycle.Refusal[api.KeyStatus]{
		{In: api.KeyExpired, Do: Enable, Why: revive},
		{In: api.KeyExpired, Do: Rotate, Why: revive},
		{In: api.KeyExpired, Do: Replace, Why: revive},
		{In: api.KeyExpired, Do: EndOverlap, Why: "It is expired: no access key of it is good."},
		{In: api.KeyDeleted, Do: Update, Why: stays},
		{In: api.KeyDeleted, Do: Disable, Why: stays},
		{In: api.KeyDeleted, Do: Enable, Why: stays},
		{In: api.KeyDeleted, Do: Rotate, Why: stays},
		{In: api.KeyDeleted, Do: Replace, Why: stays},
		{In: api.KeyDeleted, Do: EndOverlap, Why: stays},
	},
}

// hindered returns why the overlap of a rotation, or that there is none, speaks against the action;
// empty where it does not.
func (r Row) hindered(do lifecycle.Action, now time.Time) string {
	overlap := r.Overlap(now)
	switch {
	case do == Rotate && overlap != nil:
		return "Its last rotation is in its overlap until " + overlap.UTC().Format("2 January 2006, 15:04 UTC") + ". End the overlap first, or replace the newest access key."
	case (do == Replace || do == EndOverlap) && overlap == nil:
		return "It has only one access key: no rotation is in its overlap."
	}
	return ""
}

// next returns the state that the action leads to, or problem.WrongState with the reason where it
// can't be done.
func (r Row) next(do lifecycle.Action, now time.Time, arx api.ArxStatus) (api.KeyStatus, error) {
	to, err := Lifecycle.Next(r.Status(now, arx), do)
	if why := r.hindered(do, now); err == nil && why != "" {
		err = problem.New(problem.WrongState, why)
	}
	return to, err
}

// permits says what the principal may do with the key.
func (r Row) permits(by auth.Principal, now time.Time, arx api.ArxStatus) api.Permits {
	p := Lifecycle.Permits(by, r.Status(now, arx))
	for name, may := range p.Can {
		if why := r.hindered(lifecycle.Action(name), now); may && why != "" {
			p.Can[name], p.Why[name] = false, why
		}
	}
	return p
}

// Update returns the key with the patches of the request, which is valid, applied. An expires_at
// that is new and not in the future is problem.InvalidField, and so is more than fits into what
// verification reads; an overlap ends with the key at the latest.
func (k Key) Update(req api.UpdateKeyRequest, now time.Time, arx api.ArxStatus) (Key, error) {
	if _, err := k.next(Update, now, arx); err != nil {
		return k, err
	}
	k.Name = strings.TrimSpace(req.Name.Apply(k.Name))
	k.Scopes = req.Scopes.Apply(k.Scopes)
	k.Metadata = req.Metadata.Apply(k.Metadata)
	k.Limits = k.Limits.patched(req, k.Used)
	if err := api.FitsCredential(k.Name, k.Scopes, k.AllowedIPs, k.Metadata); err != nil {
		return k, err
	}
	if at, ok := req.ExpiresAt.Get(); !ok && req.ExpiresAt.Removes() {
		k.ExpiresAt = nil
	} else if ok && (k.ExpiresAt == nil || !at.Equal(*k.ExpiresAt)) {
		expires, err := expiry(&at, now)
		if err != nil {
			return k, err
		}
		k.ExpiresAt = expires
		if k.OverlapUntil != nil && k.OverlapUntil.After(*expires) {
			k.OverlapUntil = expires
		}
	}
	return k.touched(now), nil
}

// Do returns the key after an action that asks for nothing more: Disable, Enable, EndOverlap or
// Delete. One that its state, its overlap or its Arx does not allow is problem.WrongState. A key that
// is enabled may have expired meanwhile; one whose overlap ended, or that is deleted, has no older
// access key.
func (k Key) Do(action lifecycle.Action, now time.Time, arx api.ArxStatus) (Key, error) {
	to, err := k.next(action, now, arx)
	if err != nil {
		return k, err
	}
	k.State = to
	if action == EndOverlap || action == Delete {
		k.OverlapUntil = nil
	}
	k = k.touched(now)
	if action == Delete {
		k.DeletedAt = &k.UpdatedAt
	}
	return k, nil
}

// touched marks a change. A key is counted as what it is now.
func (k Key) touched(now time.Time) Key {
	if k.OverlapUntil = k.Overlap(now); k.OverlapUntil == nil {
		k.Older = ""
	}
	k.Counted = k.Status(now, api.ArxActive)
	k.UpdatedAt = audit.After(k.UpdatedAt, now)
	k.Version++
	return k
}

// Rotation is a key with a new access key.
type Rotation struct {
	Key
	Secret   accesskey.Secret // the new one
	Replaced bool             // the newest access key gave way, and not the one before it, which has its overlap
}

// Rotate gives the key, which belongs to the Arx, a new access key. The one that it had goes on
// verifying for the overlap that the request, which is valid, asks for, but not past the expiry. Its
// next rotation is due by the Arx's cycle.
func (k Key) Rotate(req api.RotateKeyRequest, arx arxes.Arx, now time.Time, random io.Reader) (Rotation, error) {
	do := Rotate
	if req.Replace == api.ReplaceNew {
		do = Replace
	}
	if _, err := k.next(do, now, arx.Status); err != nil {
		return Rotation{}, err
	}
	secret, err := accesskey.New(k.Env, strings.TrimPrefix(k.ID, api.KeyPrefix), random)
	if err != nil {
		return Rotation{}, fmt.Errorf("make a new access key of %s: %w", k.ID, err)
	}
	now = now.UTC().Truncate(time.Millisecond)
	if do == Rotate {
		until := now.Add(time.Duration(*req.OverlapSeconds) * time.Second)
		if k.ExpiresAt != nil && until.After(*k.ExpiresAt) {
			until = *k.ExpiresAt
		}
		k.OverlapUntil, k.Older = &until, k.LastFour
	}
	k.LastFour, k.RotateBy = secret.LastFour(), arx.RotateBy(now)
	return Rotation{Key: k.touched(now), Secret: secret, Replaced: do == Replace}, nil
}

// Since returns what an audit event tells of a change of the key as it was.
func (k Key) Since(was Key) audit.Changes {
	return audit.Diff(was.fields(k.UpdatedAt), k.fields(k.UpdatedAt))
}

// Latest returns what the key's latest change left on it.
func (k Key) Latest() audit.Trail {
	return audit.Trail{UpdatedAt: k.UpdatedAt, Version: k.Version, LastEvent: k.LastEvent}
}
