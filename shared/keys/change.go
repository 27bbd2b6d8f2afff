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
	update     = "update"
	disable    = "disable"
	enable     = "enable"
	rotate     = "rotate"
	replace    = "replace"
	endOverlap = "end_overlap"
	remove     = "delete"
)

const (
	stays  = "It is deleted, and stays so."
	revive = "It is expired. Give it a later expiry, or none."
)

// Lifecycle is the table of what can be done with an API key. Rotation depends on its overlap too.
var Lifecycle = lifecycle.Table[api.KeyStatus]{
	Permission: api.ManageKeys,
	Changes: []lifecycle.Change[api.KeyStatus]{
		{From: api.KeyActive, Do: update, To: api.KeyActive},
		{From: api.KeyDisabled, Do: update, To: api.KeyDisabled},
		{From: api.KeyExpired, Do: update, To: api.KeyExpired},
		{From: api.KeyActive, Do: disable, To: api.KeyDisabled},
		{From: api.KeyExpired, Do: disable, To: api.KeyDisabled},
		{From: api.KeyDisabled, Do: enable, To: api.KeyActive},
		{From: api.KeyActive, Do: rotate, To: api.KeyActive},
		{From: api.KeyDisabled, Do: rotate, To: api.KeyDisabled},
		{From: api.KeyActive, Do: replace, To: api.KeyActive},
		{From: api.KeyDisabled, Do: replace, To: api.KeyDisabled},
		{From: api.KeyActive, Do: endOverlap, To: api.KeyActive},
		{From: api.KeyDisabled, Do: endOverlap, To: api.KeyDisabled},
		{From: api.KeyActive, Do: remove, To: api.KeyDeleted},
		{From: api.KeyDisabled, Do: remove, To: api.KeyDeleted},
		{From: api.KeyExpired, Do: remove, To: api.KeyDeleted},
	},
	Refusals: []lifecycle.Refusal[api.KeyStatus]{
		{In: api.KeyExpired, Do: enable, Why: revive},
		{In: api.KeyExpired, Do: rotate, Why: revive},
		{In: api.KeyExpired, Do: replace, Why: revive},
		{In: api.KeyExpired, Do: endOverlap, Why: "It is expired: no access key of it is good."},
		{In: api.KeyDeleted, Do: update, Why: stays},
		{In: api.KeyDeleted, Do: disable, Why: stays},
		{In: api.KeyDeleted, Do: enable, Why: stays},
		{In: api.KeyDeleted, Do: rotate, Why: stays},
		{In: api.KeyDeleted, Do: replace, Why: stays},
		{In: api.KeyDeleted, Do: endOverlap, Why: stays},
	},
}

// hindered returns why the overlap of a rotation, or that there is none, speaks against the action;
// empty where it does not.
func (r Row) hindered(do string, now time.Time) string {
	overlap := r.Overlap(now)
	switch {
	case do == rotate && overlap != nil:
		return "Its last rotation is in its overlap until " + overlap.UTC().Format("2 January 2006, 15:04 UTC") + ". End the overlap first, or replace the newest access key."
	case (do == replace || do == endOverlap) && overlap == nil:
		return "It has only one access key: no rotation is in its overlap."
	}
	return ""
}

// allows returns problem.WrongState, with the reason, unless the action can be done.
func (r Row) allows(do string, now time.Time, arx api.ArxStatus) error {
	if _, err := Lifecycle.Next(r.Status(now, arx), do); err != nil {
		return err
	}
	if why := r.hindered(do, now); why != "" {
		return problem.New(problem.WrongState, why)
	}
	return nil
}

// permits says what the principal may do with the key.
func (r Row) permits(by auth.Principal, now time.Time, arx api.ArxStatus) api.Permits {
	p := Lifecycle.Permits(by, r.Status(now, arx))
	for do, may := range p.Can {
		if why := r.hindered(do, now); may && why != "" {
			p.Can[do], p.Why[do] = false, why
		}
	}
	return p
}

// Update returns the key with the patches of the request, which is valid, applied. An expires_at
// that is new and not in the future is problem.InvalidField, and so is more than fits into what
// verification reads; an overlap ends with the key at the latest.
func (k Key) Update(req api.UpdateKeyRequest, now time.Time, arx api.ArxStatus) (Key, error) {
	if err := k.allows(update, now, arx); err != nil {
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

// Disable returns the key as it is once disabled.
func (k Key) Disable(now time.Time, arx api.ArxStatus) (Key, error) {
	if err := k.allows(disable, now, arx); err != nil {
		return k, err
	}
	k.State = api.KeyDisabled
	return k.touched(now), nil
}

// Enable returns the key as it is once enabled: active, or expired meanwhile.
func (k Key) Enable(now time.Time, arx api.ArxStatus) (Key, error) {
	if err := k.allows(enable, now, arx); err != nil {
		return k, err
	}
	k.State = api.KeyActive
	return k.touched(now), nil
}

// EndOverlap returns the key with the newest access key alone.
func (k Key) EndOverlap(now time.Time, arx api.ArxStatus) (Key, error) {
	if err := k.allows(endOverlap, now, arx); err != nil {
		return k, err
	}
	k.OverlapUntil = nil
	return k.touched(now), nil
}

// Delete returns the key as it is once deleted. One that is deleted already is problem.WrongState.
func (k Key) Delete(now time.Time, arx api.ArxStatus) (Key, error) {
	if err := k.allows(remove, now, arx); err != nil {
		return k, err
	}
	k.State, k.OverlapUntil = api.KeyDeleted, nil
	k = k.touched(now)
	k.DeletedAt = &k.UpdatedAt
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
	Key      Key
	Secret   accesskey.Secret // the new one
	Replaced bool             // the newest access key gave way, and not the one before it, which has its overlap
}

// Rotate gives the key, which belongs to the Arx, a new access key. The one that it had goes on
// verifying for the overlap that the request, which is valid, asks for, but not past the expiry. Its
// next rotation is due by the Arx's cycle.
func (k Key) Rotate(req api.RotateKeyRequest, arx arxes.Arx, now time.Time, random io.Reader) (Rotation, error) {
	do := rotate
	if req.Replace == api.ReplaceNew {
		do = replace
	}
	if err := k.allows(do, now, arx.Status); err != nil {
		return Rotation{}, err
	}
	secret, err := accesskey.New(k.Env, strings.TrimPrefix(k.ID, api.KeyPrefix), random)
	if err != nil {
		return Rotation{}, fmt.Errorf("make a new access key of %s: %w", k.ID, err)
	}
	now = now.UTC().Truncate(time.Millisecond)
	if do == rotate {
		until := now.Add(time.Duration(*req.OverlapSeconds) * time.Second)
		if k.ExpiresAt != nil && until.After(*k.ExpiresAt) {
			until = *k.ExpiresAt
		}
		k.OverlapUntil, k.Older = &until, k.LastFour
	}
	k.LastFour, k.RotateBy = secret.LastFour(), arx.RotateBy(now)
	return Rotation{Key: k.touched(now), Secret: secret, Replaced: do == replace}, nil
}

// Transition returns the change that do, such as Key.Disable, makes of a key of the parents, with
// its event, as part of the operation.
func Transition(by auth.Principal, operation string, do func(Key, time.Time, api.ArxStatus) (Key, error), of Parents, now time.Time, random io.Reader) func(Key) (Key, audit.Event, error) {
	return func(was Key) (Key, audit.Event, error) {
		is, err := do(was, now, of.Arx.Status)
		if err != nil {
			return is, audit.Event{}, err
		}
		e, err := is.Changed(by, operation, was, random)
		return is, e, err
	}
}

// Changed returns the event of the change that made the key of what it was.
func (k Key) Changed(by auth.Principal, operation string, was Key, random io.Reader) (audit.Event, error) {
	changes := audit.Diff(was.fields(k.UpdatedAt), k.fields(k.UpdatedAt))
	return audit.New(by, operation, k.Resource(), changes, was.LastEvent, k.UpdatedAt, random)
}
