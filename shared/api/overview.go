package api

import "time"

// Overview is what a tenant has, what of it wants attention, and what was changed last.
type Overview struct {
	Keys         KeyTotals         `json:"keys"`
	Applications ApplicationTotals `json:"applications"`
	Arxes        ArxTotals         `json:"arxes"`
	Attention    Attention         `json:"attention"`
	Events       []AuditEvent      `json:"events"` // the latest ten; none for who may not read the activity of all
	Permits
}

// Attention is what somebody should look at.
type Attention struct {
	Expiring             Few[KeySummary]     `json:"expiring"`              // active keys that expire within 7 days, the soonest first
	RotationDue          Few[KeySummary]     `json:"rotation_due"`          // active keys past the time of their rotation, the longest first
	OverlapsOpen         Few[KeySummary]     `json:"overlaps_open"`         // active keys with two access keys, that whose older one ends the soonest first
	Stopped              Few[KeySummary]     `json:"stopped"`               // active keys whose application or Arx is not active, the newest first
	Unused               Few[KeySummary]     `json:"unused"`                // active keys neither created nor used within 90 days, the oldest first, as of unused_as_of
	UnusedAsOf           *time.Time          `json:"unused_as_of"`          // when the daily roll-up looked for unused keys; null before the first
	DisabledApplications Few[KeyApplication] `json:"disabled_applications"` // none of their keys verifies
	DisabledArxes        Few[KeyArx]         `json:"disabled_arxes"`        // likewise
}

// Few are the first five of many.
type Few[Item any] struct {
	Count int    `json:"count"` // how many there are; of API keys up to 50
	More  bool   `json:"more"`  // there may be more than the count
	Items []Item `json:"items"`
}

// GetOverview is the operation on all nouns at once.
var GetOverview = Operation[Nothing, Overview]{
	Name: "overview", Method: "GET", Path: "/v1/overview", Permission: ReadCatalog, Status: 200,
	Summary: "Get totals, what wants attention, and what was changed last.",
}
