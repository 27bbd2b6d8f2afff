// Package capacity computes what verifications need of AWS, what they cost, and which limit they reach first.
//
// It is arithmetic on named constants. Those of AWS come from AWS's documents, with the source beside each.
// Those of Arxkeys come from the code and from infra/docs/performance.md, and tests compare them. Nothing
// here was measured on AWS.
package capacity

import (
	"math"
	"time"
)

// Limits of AWS. Each can be raised on request, except where the comment says otherwise.
const (
	// API Gateway developer guide, "Amazon API Gateway quotas": requests a second of an account in a region. In
	// some regions it is 2,500.
	accountRequests = 10_000

	// Lambda developer guide, "Lambda quotas": concurrent executions of an account in a region. New accounts
	// have fewer.
	accountConcurrency = 1_000
	// Same: "Each instance of your execution environment can serve up to 10 requests per second. In other words,
	// the total invocation limit is 10 times your concurrency limit." Fixed.
	requestsPerEnvironment = 10
	// Lambda developer guide, "Lambda scaling behavior": each function can add 1,000 environments in ten
	// seconds, refilled continuously. Fixed.
	scalingBurst, scalingPerSecond = 1_000, 100
	// Lambda developer guide, "Configure Lambda function memory": the memory with which a function has one vCPU.
	memoryOfOneCPU = 1_769

	// DynamoDB developer guide, "Understanding DynamoDB warm throughput in different scenarios": the most that
	// one partition serves. An item is in one partition. Fixed.
	partitionReads, partitionWrites = 3_000, 1_000
	// Same: what a new on-demand table serves at once. It grows with use, and can be set.
	newTableReads, newTableWrites = 12_000, 4_000
	// DynamoDB developer guide, "Quotas in Amazon DynamoDB": read and write units a second of an on-demand table.
	tableReads, tableWrites = 40_000, 40_000
)

// AWS's list prices in us-east-1, in US dollars. infra/docs/deploy.md has the same.
const (
	priceOfRequest    = 1.00 / million // API Gateway
	priceOfInvocation = 0.20 / million
	priceOfGBSecond   = 0.0000133334 // arm64
	priceOfRead       = 0.125 / million
	priceOfWrite      = 0.625 / million
	priceOfByteLogged = 0.50 / gigabyte
	priceOfByteSent   = 0.09 / gigabyte

	million, gigabyte = 1e6, 1e9
)

// Arxkeys.
const (
	// infra/docs/performance.md, "Warm invocation": processor time of one verification on a whole core.
	cpu, cpuLimited = 520 * time.Microsecond, 750 * time.Microsecond
	// Assumption: AWS promises single-digit milliseconds.
	call = 8 * time.Millisecond

	// Default of VerifyRateLimit in template.yaml.
	verifyRateLimit = 1_000
	// shared/store/table: how long an environment relies on the stamp.
	stampTTL = time.Minute
	// Write units of one addition to the tenant's counts of a day, at most: every code in every hour. Other items
	// that verifications write have up to 1 KB, and cost one.
	tenantDayUnits = 4

	// infra/docs/deploy.md, "Verifications".
	bytesLogged, bytesSent = 700, 1_000
)

// Settings are what changes how much a verification needs.
type Settings struct {
	GateTTL      time.Duration // GateTtl of template.yaml; 0 means that every verification reads both gates
	PrincipalTTL time.Duration // PrincipalTtl of template.yaml; 0 means that every verification reads its caller
	MemoryMB     int           // MemorySize of template.yaml

	// FlushEvery is the least time between two writes of an environment's usage figures. It is a constant of
	// shared/store/usestore.
	FlushEvery time.Duration

	// Busiest is whether environments serve as many requests as they can. By default each serves ten a second,
	// for which Lambda's quotas reserve it: more environments, whose caches save less.
	Busiest bool
}

// Defaults are the settings of template.yaml and of the code.
var Defaults = Settings{GateTTL: 5 * time.Second, PrincipalTTL: 5 * time.Second, MemoryMB: 512, FlushEvery: 10 * time.Second}

// Traffic is a steady load of one tenant, spread evenly over its keys.
type Traffic struct {
	Rate           float64 // verifications a second
	Keys           int
	Applications   int
	Arxes          int
	ManagementKeys int  // of the callers
	Limited        bool // every key has a rate limit or a number of uses
}

// at returns the traffic with another rate.
func (t Traffic) at(rate float64) Traffic {
	t.Rate = rate
	return t
}

// Need is what traffic needs. Reads and writes are units a second, on average.
type Need struct {
	Duration     time.Duration // of an invocation
	Busy         float64       // environments that serve a request at a moment, on average
	Peak         float64       // the most of them, with rare exceptions
	Concurrency  float64       // that the quotas must allow: the peak, and one for each ten requests a second
	Environments float64       // that share the traffic
	Ramp         time.Duration // from no environment to the concurrency

	CredentialReads float64 // cred#<key>
	GateReads       float64 // gate#<parent>
	CallerReads     float64 // mgk#<management key>
	StampReads      float64 // meta#table, which is one item
	Reads           float64 // all of them

	LimitWrites float64 // lim#<key>
	UsageWrites float64 // use#…
	Writes      float64 // all of them

	// The partition keys with the most units.
	Credential   float64 // reads of one cred#<key>
	Gate         float64 // reads of one gate#<Arx>
	Caller       float64 // reads of one mgk#<management key>
	Limit        float64 // writes of one lim#<key>
	TenantDay    float64 // writes of use#<tenant>
	TenantLatest float64 // writes of use#<tenant>#latest

	Cost Cost
}

// Cost is in US dollars a second.
type Cost struct {
	APIGateway, Lambda, Reads, Limits, Usage, Logs, Transfer float64
}

// Sum returns the whole cost.
func (c Cost) Sum() float64 {
	return c.APIGateway + c.Lambda + c.Reads + c.Limits + c.Usage + c.Logs + c.Transfer
}

// Of returns what the traffic needs with the settings.
func Of(t Traffic, s Settings) Need {
	n := Need{Duration: duration(t, s)}
	n.Busy = t.Rate * n.Duration.Seconds()
	// Requests arrive at random, so the number of busy environments is Poisson distributed: three standard
	// deviations above its mean it is exceeded about once in a thousand moments.
	n.Peak = math.Ceil(n.Busy + 3*math.Sqrt(n.Busy))
	n.Concurrency = max(n.Peak, math.Ceil(t.Rate/requestsPerEnvironment))
	n.Ramp = time.Duration(max(0, n.Concurrency-scalingBurst) / scalingPerSecond * float64(time.Second))
	n.Environments = n.Concurrency
	if s.Busiest {
		n.Environments = n.Peak
	}

	n.CredentialReads, n.Credential = t.Rate, t.Rate/float64(t.Keys)
	n.Gate = cached(t.Rate/float64(t.Arxes), n.Environments, s.GateTTL)
	n.GateReads = float64(t.Arxes)*n.Gate + float64(t.Applications)*cached(t.Rate/float64(t.Applications), n.Environments, s.GateTTL)
	n.Caller = cached(t.Rate/float64(t.ManagementKeys), n.Environments, s.PrincipalTTL)
	n.CallerReads = float64(t.ManagementKeys) * n.Caller
	n.StampReads = cached(t.Rate, n.Environments, stampTTL)
	n.Reads = n.CredentialReads + n.GateReads + n.CallerReads + n.StampReads

	if t.Limited {
		n.LimitWrites, n.Limit = t.Rate, t.Rate/float64(t.Keys)
	}
	n.usage(t, s)
	n.Writes = n.LimitWrites + n.UsageWrites

	billed := math.Ceil(n.Duration.Seconds()*1000) / 1000
	n.Cost = Cost{
		APIGateway: t.Rate * priceOfRequest,
		Lambda:     t.Rate * (priceOfInvocation + billed*float64(s.MemoryMB)/1024*priceOfGBSecond),
		Reads:      n.Reads * priceOfRead,
		Limits:     n.LimitWrites * priceOfWrite,
		Usage:      n.UsageWrites * priceOfWrite,
		Logs:       t.Rate * bytesLogged * priceOfByteLogged,
		Transfer:   t.Rate * bytesSent * priceOfByteSent,
	}
	return n
}

// duration returns the time of one invocation: processor time with the memory's share of a core, and the calls of
// DynamoDB, one after the other.
func duration(t Traffic, s Settings) time.Duration {
	work, calls := cpu, time.Duration(1)
	if t.Limited {
		work, calls = cpuLimited, 2
	}
	share := min(1, float64(s.MemoryMB)/memoryOfOneCPU)
	return time.Duration(float64(work)/share) + calls*call
}

// cached returns how often an item is read that is used so often and that each environment caches. An environment reads
// it again with its first use after the ttl.
func cached(rate, environments float64, ttl time.Duration) float64 {
	return 1 / (ttl.Seconds()/environments + 1/rate)
}

// usage adds the writes of usage figures. With each flush, an environment makes one write for the day and one for the
// latest use of each application, Arx and key that it has seen, and one for the day of the tenant and of each pair of an
// application and an Arx. It leaves out the first use of a key in an environment, which is written at once, and the second
// write that a latest use takes if another environment has written a later one.
func (n *Need) usage(t Traffic, s Settings) {
	of := t.Rate / n.Environments // verifications a second of one environment
	seen := of*s.FlushEvery.Seconds() + 1
	flushes := n.Environments / (s.FlushEvery.Seconds() + 1/of)

	applications, arxes, keys := distinct(seen, t.Applications), distinct(seen, t.Arxes), distinct(seen, t.Keys)
	pairs := distinct(seen, min(t.Keys, t.Applications*t.Arxes))
	n.TenantDay = flushes * tenantDayUnits
	n.TenantLatest = flushes * (applications + arxes + keys)
	n.UsageWrites = n.TenantDay + n.TenantLatest + flushes*(applications+arxes+pairs+keys)
}

// distinct returns how many different ones of the given number are expected among uses that are spread evenly.
func distinct(uses float64, of int) float64 {
	return float64(of) * (1 - math.Pow(1-1/float64(of), uses))
}
