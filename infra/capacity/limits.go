package capacity

import (
	"cmp"
	"math"
	"slices"
)

// Limit is a limit that verifications can reach.
type Limit struct {
	Name string
	Most float64
	Is   func(Need) float64 // what the limit bounds
	Of   Traffic            // whose rate grows; its Rate is ignored
	Then string             // what happens above it
	Knob string             // what raises it, or makes verifications need less
	Rate float64            // verifications a second at which it is reached; set by Reached
}

// Typical is traffic of a tenant of medium size, and OneKey is that of a single key.
var (
	Typical = Traffic{Keys: 1_000, Applications: 50, Arxes: 10, ManagementKeys: 10}
	OneKey  = Traffic{Keys: 1, Applications: 1, Arxes: 1, ManagementKeys: 1}
)

// limits returns the limits that verifications can reach.
func limits() []Limit {
	rate := func(n Need) float64 { return n.CredentialReads }
	limited := OneKey
	limited.Limited = true
	return []Limit{
		{Name: "requests of the route", Most: verifyRateLimit, Is: rate, Of: Typical,
			Then: "429", Knob: "`VerifyRateLimit`"},
		{Name: "writes of one partition: `use#<tenant>#latest`", Most: partitionWrites, Is: func(n Need) float64 { return n.TenantLatest }, Of: Typical,
			Then: "last uses lag, until DynamoDB has split the partition", Knob: "time; warm throughput, set before"},
		{Name: "writes of a new table", Most: newTableWrites, Is: func(n Need) float64 { return n.Writes }, Of: Typical,
			Then: "usage figures lag, and keys with limits get 503, until the table has grown", Knob: "time; warm throughput, set before"},
		{Name: "requests of the account, API Gateway", Most: accountRequests, Is: rate, Of: Typical,
			Then: "429", Knob: "quota *Throttle rate*"},
		{Name: "concurrency of the account, Lambda", Most: accountConcurrency, Is: func(n Need) float64 { return n.Concurrency }, Of: Typical,
			Then: "503, of all functions", Knob: "quota *Concurrent executions*; `VerifyConcurrency` reserves a part"},
		{Name: "reads of a new table", Most: newTableReads, Is: func(n Need) float64 { return n.Reads }, Of: Typical,
			Then: "retries, and then 503, until the table has grown", Knob: "time; warm throughput, set before"},
		{Name: "writes of the table", Most: tableWrites, Is: func(n Need) float64 { return n.Writes }, Of: Typical,
			Then: "usage figures lag, and keys with limits get 503", Knob: "quota *Table-level write throughput*"},
		{Name: "reads of the table", Most: tableReads, Is: func(n Need) float64 { return n.Reads }, Of: Typical,
			Then: "retries, and then 503", Knob: "quota *Table-level read throughput*; `GateTtl`, `PrincipalTtl`"},
		{Name: "writes of one item: the tenant's day, `use#<tenant>`", Most: partitionWrites, Is: func(n Need) float64 { return n.TenantDay }, Of: Typical,
			Then: "usage figures lag, and some are lost", Knob: "several tenants; or a change of the code"},
		{Name: "reads of one item: `gate#<Arx>`, if there is one Arx", Most: partitionReads, Is: func(n Need) float64 { return n.Gate }, Of: Traffic{Keys: 1_000, Applications: 50, Arxes: 1, ManagementKeys: 10},
			Then: "retries, and then 503", Knob: "`GateTtl`"},
		{Name: "reads of one item: `mgk#<key>`, if one management key calls", Most: partitionReads, Is: func(n Need) float64 { return n.Caller }, Of: Traffic{Keys: 1_000, Applications: 50, Arxes: 10, ManagementKeys: 1},
			Then: "retries, and then 503", Knob: "`PrincipalTtl`; a management key for each service"},
		{Name: "reads of one item: `cred#<key>`, if there is one key", Most: partitionReads, Is: func(n Need) float64 { return n.Credential }, Of: OneKey,
			Then: "retries, and then 503 for this key", Knob: "several keys; the cache of a gateway's authorizer"},
		{Name: "writes of one item: `lim#<key>`, if there is one key", Most: partitionWrites, Is: func(n Need) float64 { return n.Limit }, Of: limited,
			Then: "503 for this key", Knob: "several keys"},
	}
}

// Reached returns the limits in the order in which growing traffic reaches them.
func Reached(s Settings) []Limit {
	reached := limits()
	for i := range reached {
		l := &reached[i]
		l.Rate = rateAt(l.Most, func(rate float64) float64 { return l.Is(Of(l.Of.at(rate), s)) })
	}
	slices.SortStableFunc(reached, func(a, b Limit) int { return cmp.Compare(a.Rate, b.Rate) })
	return reached
}

// rateAt returns the highest rate at which the need, which grows with the rate, is not above the limit. It returns +Inf if
// a thousand million a second do not reach it.
func rateAt(limit float64, need func(rate float64) float64) float64 {
	low, high := 0.001, 1e9
	if need(high) <= limit {
		return math.Inf(1)
	}
	for range 100 {
		middle := math.Sqrt(low * high)
		if need(middle) <= limit {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
