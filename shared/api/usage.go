package api

import "time"

// Interval is the length of a chart's buckets.
type Interval string

// Intervals. Both are aligned to UTC.
const (
	ByHour Interval = "hour"
	ByDay  Interval = "day"
)

// UsageDays is how many days usage is stored.
const UsageDays = 90

// Use is the latest use of a resource. A use is a verification with the code VALID; the usage operations
// also count refused ones.
//
// Usage figures lag. A busy verifier writes them every ten seconds; an idle one writes its last counts when
// it ends, some minutes later. Counts that a crashed verifier has not written are lost.
type Use struct {
	LastUsedAt *time.Time `json:"last_used_at"` // Null if never used.
	Uses24h    int        `json:"uses_24h"`     // Uses in the current hour and the 23 hours before it.
}

// UseCounts counts verifications by code.
type UseCounts struct {
	Total int          `json:"total"`
	Codes map[Code]int `json:"codes"` // Only codes that occurred.
}

// UseBucket counts the verifications of one hour or day.
type UseBucket struct {
	Start time.Time `json:"start"`
	UseCounts
}

// Usage is the number of verifications over time and by code. Its figures lag by up to some minutes.
type Usage struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"` // End of the range, exclusive.
	Interval Interval    `json:"interval"`
	Totals   UseCounts   `json:"totals"`
	Buckets  []UseBucket `json:"buckets"` // All buckets of the range in ascending order, including empty ones.
}

// UsageReport is the usage of all API keys, or of those of an application or an Arx.
type UsageReport struct {
	Usage
	// Pairs of application and Arx with the most verifications in the range, the busiest first. Only if requested.
	Busiest []PairUse `json:"busiest,omitempty"`
}

// PairUse counts the verifications of an application's API keys at an Arx.
type PairUse struct {
	Application KeyApplication `json:"application"`
	Arx         KeyArx         `json:"arx"`
	UseCounts
}

// KeyUsage is the use of one API key.
type KeyUsage struct {
	Usage
	Use
	AccessKeys AccessKeysUse `json:"access_keys"`
}

// AccessKeysUse is the use of each valid access key of an API key.
type AccessKeysUse struct {
	Newest AccessKeyUse  `json:"newest"`
	Older  *AccessKeyUse `json:"older"` // Null if only the newest access key is valid.
}

// AccessKeyUse is the use of one access key.
type AccessKeyUse struct {
	Hint string `json:"hint"` // Beginning and last four characters of the access key.
	// Null if never used, and for the older access key if not used since the rotation.
	LastUsedAt *time.Time `json:"last_used_at"`
}

// UsageRange is the requested time range. The default is the last 24 hours by hour, which are the current
// hour and the 23 before it, or the last 30 days by day.
type UsageRange struct {
	From     time.Time `query:"from"`     // Start, at most 90 days ago. The first bucket contains it.
	To       time.Time `query:"to"`       // End. The last bucket ends at or after it. The default is now.
	Interval Interval  `query:"interval"` // Length of a bucket. The default is hour.
}

func (r UsageRange) check(c *check) {
	if r.Interval != "" {
		oneOf(c, "interval", r.Interval, ByHour, ByDay)
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		c.add("to", "out_of_range", "must be later than from.")
	}
}

// KeyUsageRequest requests the usage of an API key.
type KeyUsageRequest struct {
	ID string `path:"id" json:"-"`
	UsageRange
}

// Validate returns problem.InvalidField with all wrong parameters. The server checks how far back from is.
func (r KeyUsageRequest) Validate() error {
	c := checking(r)
	r.UsageRange.check(&c)
	return c.err()
}

// UsageRequest requests the usage of all API keys, of those of an application, of an Arx, or of an
// application at an Arx. Unknown access keys are counted only in the usage of all API keys.
type UsageRequest struct {
	UsageRange
	ApplicationID string `query:"application_id"`
	ArxID         string `query:"arx_id"`
	// Number of busiest pairs of application and Arx to return, at most 10. They are chosen from the
	// applications and Arxes that were used most in the last 24 hours.
	Busiest int `query:"busiest"`
}

// MaxBusiest is the most pairs that a request for usage returns.
const MaxBusiest = 10

// Validate returns problem.InvalidField with all wrong parameters. The server checks how far back from is.
func (r UsageRequest) Validate() error {
	c := checking(r)
	r.UsageRange.check(&c)
	if r.ApplicationID != "" {
		c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	}
	if r.ArxID != "" {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	if r.Busiest < 0 || r.Busiest > MaxBusiest {
		c.add("busiest", "out_of_range", "must be from 1 to %d. Omit it for none.", MaxBusiest)
	}
	return c.err()
}

// Operations on usage.
var (
	GetKeyUsage = Operation[KeyUsageRequest, KeyUsage]{
		Name: "keys.usage", Method: "GET", Path: "/v1/keys/{id}/usage", Permission: ManageKeys, Status: 200,
		Summary: "Get how often an API key was verified, over time and by code, and which of its access keys are in use.",
	}
	GetUsage = Operation[UsageRequest, UsageReport]{
		Name: "usage", Method: "GET", Path: "/v1/usage", Permission: ReadCatalog, Status: 200,
		Summary: "Get how often API keys were verified, over time and by code.",
	}
)
