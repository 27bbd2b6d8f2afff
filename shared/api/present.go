package api

import (
	"cmp"
	"maps"
	"time"
)

// WhyExpired is the reason why an expired API key cannot be enabled or rotated.
const WhyExpired = "It is expired. Give it a later expiry, or none."

// At returns the key as of a later time than that of the response that it is from: it may have expired, be
// due for rotation, or have no overlap any more. Everything else is unchanged.
func (k KeySummary) At(now time.Time) KeySummary {
	if k.Status == KeyDeleted {
		return k
	}
	k.RotationDue = k.RotationDue || !now.Before(k.RotateBy)
	if k.OverlapUntil != nil && !now.Before(*k.OverlapUntil) {
		k.OverlapUntil = nil
	}
	if k.Status == KeyActive && k.ExpiresAt != nil && !now.Before(*k.ExpiresAt) {
		k.Status, k.Effective, k.StoppedBy = KeyExpired, KeyIsExpired, nil
		k.Permits = k.Permits.without(WhyExpired, "rotate", "replace", "end_overlap")
	}
	return k
}

// EffectiveOf returns whether a key with the status verifies and, if its application or its Arx prevents it,
// which one.
func EffectiveOf(status KeyStatus, app ApplicationStatus, arx ArxStatus) (EffectiveStatus, *StoppedBy) {
	if status != KeyActive {
		return EffectiveStatus(status), nil
	}
	switch {
	case app == ApplicationDisabled:
		return KeyStopped, new(ByDisabledApplication)
	case app == ApplicationArchived:
		return KeyStopped, new(ByArchivedApplication)
	case arx == ArxDisabled:
		return KeyStopped, new(ByDisabledArx)
	}
	return KeyVerifies, nil
}

// Beside returns the key as it is while its application and its Arx have the statuses.
func (k KeySummary) Beside(app ApplicationStatus, arx ArxStatus) KeySummary {
	k.Application.Status, k.Arx.Status = app, arx
	k.Effective, k.StoppedBy = EffectiveOf(k.Status, app, arx)
	return k
}

// Turns returns the next time at which At returns a different key, or the zero time if there is none.
func (k KeySummary) Turns(now time.Time) (next time.Time) {
	if k.Status == KeyDeleted {
		return next
	}
	for _, at := range []*time.Time{k.ExpiresAt, &k.RotateBy, k.OverlapUntil} {
		if at != nil && at.After(now) && (next.IsZero() || at.Before(next)) {
			next = *at
		}
	}
	return next
}

// Title returns the name of the key, or its id if it has no name.
func (k KeySummary) Title() string { return cmp.Or(k.Name, k.ID) }

// At returns the management key as of a later time than that of the response that it is from.
func (m ManagementKeyRecord) At(now time.Time) ManagementKeyRecord {
	if m.Status == ManagementKeyActive && !now.Before(m.ExpiresAt) {
		m.Status = ManagementKeyExpired
	}
	return m
}

// Turns returns when the management key expires, or the zero time if it has expired.
func (m ManagementKeyRecord) Turns(now time.Time) time.Time {
	if m.Status != ManagementKeyActive || !m.ExpiresAt.After(now) {
		return time.Time{}
	}
	return m.ExpiresAt
}

// without returns the permits without the actions, and with the reason for each.
func (p Permits) without(why string, actions ...string) Permits {
	p = Permits{Can: maps.Clone(p.Can), Why: maps.Clone(p.Why)}
	for _, do := range actions {
		if !p.Can[do] {
			continue
		}
		p.Can[do] = false
		if p.Why == nil {
			p.Why = map[string]string{}
		}
		p.Why[do] = why
	}
	return p
}
