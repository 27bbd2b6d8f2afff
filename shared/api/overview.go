package api

import "time"

// Overview contains a tenant's totals, what needs attention, and the latest changes.
type Overview struct {
	Keys         KeyTotals         `json:"keys"`
	Applications ApplicationTotals `json:"applications"`
	Arxes        ArxTotals         `json:"arxes"`
	Attention    Attention         `json:"attention"`
	// The latest ten events. Empty without permission to read the tenant's activity.
	Events []AuditEvent `json:"events"`
	Permits
}

// Attention contains what needs attention.
type Attention struct {
	// Active keys that expire within 7 days, the earliest expiry first.
	Expiring Few[KeySummary] `json:"expiring"`
	// Active keys due for rotation, the longest due first.
	RotationDue Few[KeySummary] `json:"rotation_due"`
	// Active keys with two valid access keys, the earliest end of the overlap first.
	OverlapsOpen Few[KeySummary] `json:"overlaps_open"`
	// Active keys whose application or Arx is not active, newest first.
	Stopped Few[KeySummary] `json:"stopped"`
	// Active keys neither created nor used within 90 days, oldest first, as of unused_as_of.
	Unused Few[KeySummary] `json:"unused"`
	// Time of the latest daily roll-up. Null before the first one.
	UnusedAsOf *time.Time `json:"unused_as_of"`
	// Disabled applications. None of their keys verifies.
	DisabledApplications Few[KeyApplication] `json:"disabled_applications"`
	// Disabled Arxes. None of their keys verifies.
	DisabledArxes Few[KeyArx] `json:"disabled_arxes"`
}

// Few contains the first five of many items.
type Few[Item any] struct {
	Count int    `json:"count"` // Number of items. API keys are counted up to 25.
	More  bool   `json:"more"`  // Whether there may be more than count.
	Items []Item `json:"items"`
}

// GetOverview returns the overview of a tenant.
var GetOverview = Operation[Nothing, Overview]{
	Name: "overview", Method: "GET", Path: "/v1/overview", Permission: ReadCatalog, Status: 200,
	Summary: "Get totals, what needs attention, and the latest changes.",
}
