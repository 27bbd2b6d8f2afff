package api

import "time"

// Effect tells when a change has taken effect: every request that begins at that time or later is decided by
// the changed state, within this stack. It is computed from GATE_TTL and PRINCIPAL_TTL. The cache of an
// authorizer in another stack comes on top. Only responses to operations that change an existing resource have
// one.
type Effect struct {
	// When everything within this stack applies the change. Only in the responses to changes.
	EffectiveBy *time.Time `json:"effective_by,omitempty"`
}

// EffectAfter returns the effect of a change that was committed at the time or before it, if caches may serve
// the former state for the delay. It is rounded up to a millisecond, the precision of the wire.
func EffectAfter(committed time.Time, delay time.Duration) Effect {
	at := committed.Add(delay)
	if whole := at.Truncate(time.Millisecond); whole.Before(at) {
		at = whole.Add(time.Millisecond)
	}
	at = at.UTC()
	return Effect{EffectiveBy: &at}
}
