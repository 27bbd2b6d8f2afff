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

// Actions on an API key, as named in can and why. Replace is a rotation that replaces the newest of two
// access keys.
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
	stays  = "It is deleted. Deleted keys cannot be restored."
	revive = api.WhyExpired
)

// Lifecycle is the table of actions on an API key. Rotation also depends on the overlap; see hindered.
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
		{In: api.KeyExpired, Do: EndOverlap, Why: "It is expired: none of its access keys is valid."},
		{In: api.KeyDeleted, Do: Update, Why: stays},
		{In: api.KeyDeleted, Do: Disable, Why: stays},
		{In: api.KeyDeleted, Do: Enable, Why: stays},
		{In: api.KeyDeleted, Do: Rotate, Why: stays},
		{In: api.KeyDeleted, Do: Replace, Why: stays},
		{In: api.KeyDeleted, Do: EndOverlap, Why: stays},
	},
}

// hindered returns why the overlap of a rotation, or the lack of one, prevents the action, or "" if it does
// not.
func (r Row) hindered(do lifecycle.Action, now time.Time) string {
	overlap := r.Overlap(now)
	switch {
	case do == Rotate && overlap != nil:
		return "The previous access key stays valid until " + overlap.UTC().Format("2 January 2006, 15:04 UTC") + ". End the overlap first, or replace the newest access key."
	case (do == Replace || do == EndOverlap) && overlap == nil:
		return "It has only one access key: no overlap is in progress."
	}
	return ""
}

// next returns the state after the action, or problem.WrongState with the reason.
func (r Row) next(do lifecycle.Action, now time.Time, arx api.ArxStatus) (api.KeyStatus, error) {
	to, err := Lifecycle.Next(r.Status(now, arx), do)
	if why := r.hindered(do, now); err == nil && why != "" {
		err = problem.New(problem.WrongState, why)
	}
	return to, err
}

// permits returns what the principal may do with the key.
func (r Row) permits(by auth.Principal, now time.Time, arx api.ArxStatus) api.Permits {
	p := Lifecycle.Permits(by, r.Status(now, arx))
	for name, may := range p.Can {
		if why := r.hindered(lifecycle.Action(name), now); may && why != "" {
			p.Can[name], p.Why[name] = false, why
		}
	}
	return p
}

// Update returns the key with the patches of the request applied. The request is valid. It returns
// problem.InvalidField for a new expires_at that is not in the future, and if the key's fields exceed the
// size of a credential. An overlap is shortened to end with the key.
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

// Do returns the key after an action without parameters: Disable, Enable, EndOverlap or Delete. It returns
// problem.WrongState if the key's state, its overlap or its Arx does not allow the action. An enabled key
// may have expired in the meantime. A key whose overlap has ended, or that is deleted, has no older access
// key.
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

// touched records a change, and updates the total that the key is counted in.
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
	Replaced bool             // the newest access key was replaced; the previous one keeps its overlap
}

// Rotate gives the key, which belongs to arx, a new access key. The previous one stays valid for the
// overlap that the request asks for, but not past the expiry. The request is valid. The next rotation is
// due after the Arx's cycle.
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

// Since returns the audit event's changes compared with was.
func (k Key) Since(was Key) audit.Changes {
	return audit.Diff(was.fields(k.UpdatedAt), k.fields(k.UpdatedAt))
}

// Latest returns the trail of the key's latest change.
func (k Key) Latest() audit.Trail {
	return audit.Trail{UpdatedAt: k.UpdatedAt, Version: k.Version, LastEvent: k.LastEvent}
}
