package api

import "time"

// Interval is how long a bucket of a chart is.
type Interval string

// The intervals. Both begin and end by UTC.
const (
	ByHour Interval = "hour"
	ByDay  Interval = "day"
)

// UsageDays is how many days of use are kept.
const UsageDays = 90

// Use is how something was used of late. A use is a verification that answered VALID; refused ones
// are told by the usage operations.
//
// Figures of use lag. Those who verify write them every ten seconds while they are at work, and what
// an environment that has nothing to do has counted comes when it ends, some minutes later. One that
// is lost takes with it what it had not written.
type Use struct {
	LastUsedAt *time.Time `json:"last_used_at"` // null where it was never used
	Uses24h    int        `json:"uses_24h"`     // in this hour and the 23 before it
}

// UseCounts are verifications by what they answered.
type UseCounts struct {
	Total int          `json:"total"`
	Codes map[Code]int `json:"codes"` // only those that occurred
}

// UseBucket is what was counted in one hour or day.
type UseBucket struct {
	Start time.Time `json:"start"`
	UseCounts
}

// Usage is how often verifications were answered, over time and by code. Its figures lag; see Use.
type Usage struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"` // not included
	Interval Interval    `json:"interval"`
	Totals   UseCounts   `json:"totals"`
	Buckets  []UseBucket `json:"buckets"` // from the first to the last, also where there is nothing
}

// KeyUsage is the use of one API key.
type KeyUsage struct {
	Usage
	Use
	AccessKeys AccessKeysUse `json:"access_keys"`
}

// AccessKeysUse says which of the access keys of an API key are in use.
type AccessKeysUse struct {
	Newest AccessKeyUse  `json:"newest"`
	Older  *AccessKeyUse `json:"older"` // null where the newest is the only one that verifies
}

// AccessKeyUse is the use of one access key.
type AccessKeyUse struct {
	Hint       string     `json:"hint"`         // how it begins, and its last four characters
	LastUsedAt *time.Time `json:"last_used_at"` // null where it was not used; of the older one, also where it was not since the rotation
}

// UsageRange says which time is asked for. What is left out is the last 24 hours by hour: this one
// and the 23 before it; by day, the last 30 days.
type UsageRange struct {
	From     time.Time `query:"from"`     // the bucket in which it lies is the first; at most 90 days back
	To       time.Time `query:"to"`       // the last bucket ends there, or after; now where left out
	Interval Interval  `query:"interval"` // hour where left out
}

func (r UsageRange) check(c *check) {
	if r.Interval != "" {
		oneOf(c, "interval", r.Interval, ByHour, ByDay)
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		c.add("to", "out_of_range", "has to be later than from.")
	}
}

// KeyUsageRequest asks for the use of an API key.
type KeyUsageRequest struct {
	ID string `path:"id" json:"-"`
	UsageRange
}

// Validate answers what is wrong with the parameters. How far back from is, is for the server to
// say, which has the clock.
func (r KeyUsageRequest) Validate() error {
	c := checking(r)
	r.UsageRange.check(&c)
	return c.err()
}

// UsageRequest asks for the use of all API keys, of those of an application, of those of an Arx, or
// of those of an application at an Arx. Access keys that nobody knows are told of only where all are
// asked for.
type UsageRequest struct {
	UsageRange
	ApplicationID string `query:"application_id"`
	ArxID         string `query:"arx_id"`
}

// Validate answers what is wrong with the parameters. How far back from is, is for the server to
// say, which has the clock.
func (r UsageRequest) Validate() error {
	c := checking(r)
	r.UsageRange.check(&c)
	if r.ApplicationID != "" {
		c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	}
	if r.ArxID != "" {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	return c.err()
}

// The operations on use.
var (
	GetKeyUsage = Operation[KeyUsageRequest, KeyUsage]{
		Name: "keys.usage", Method: "GET", Path: "/v1/keys/{id}/usage", Permission: ManageKeys, Status: 200,
		Summary: "Get how often an API key was verified, over time and by code, and which of its access keys are in use.",
	}
	GetUsage = Operation[UsageRequest, Usage]{
		Name: "usage", Method: "GET", Path: "/v1/usage", Permission: ReadCatalog, Status: 200,
		Summary: "Get how often API keys were verified, over time and by code.",
	}
)
