package table

import (
	"fmt"
	"strings"
	"time"
)

// The parts of a tenant's partition of totals. They lie in this order: one query of the first four reads all that
// the totals of the tenant's keys are made of at a time.
const (
	Sweeps        = "!sweeps"             // how many transactions of jobs have moved keys from one count to another
	OfArx         = "arx"                 // the keys of an Arx
	SettlingArxes = "deleted-arx"         // Arxes whose keys' rows may not show yet that they are deleted
	ExpiringKeys  = "expiring"            // keys that are counted as active, by when they expire
	OfApplication = "keys-of-application" // the keys of an application
	OfParents     = "keys-of-parents"     // the keys that an application has at an Arx
	OfNoun        = "nouns"               // applications and Arxes themselves
)

func inTotals(tenant, sortKey string) Key { return Key{"rec#" + tenant + "#totals", sortKey} }

// Count is where one shard of a count lies. The scope is what is counted in: a part of the partition and an id.
func Count(tenant, scope string, shard int) Key {
	return inTotals(tenant, fmt.Sprintf("%s#%02d", scope, shard))
}

// Settling is where it stands that an Arx is deleted whose keys' rows do not show it yet.
func Settling(tenant, arxID string) Key { return inTotals(tenant, SettlingArxes+"#"+arxID) }

// Expiring is where it stands that a key will expire, sorted by when. Only keys that are counted as
// active stand there.
func Expiring(tenant string, at time.Time, keyID string) Key {
	return inTotals(tenant, expiringAt(at)+keyID)
}

func expiringAt(at time.Time) string { return ExpiringKeys + "#" + Millis(at) + "#" }

// Millis is a time as sort keys hold it, so that they sort by time.
func Millis(at time.Time) string { return fmt.Sprintf("%015d", at.UnixMilli()) }

// Totals is all that the totals of the tenant's keys are made of at the time. A key expires from its time on.
func Totals(tenant string, now time.Time) Range {
	return Range{PK: inTotals(tenant, "").PK, From: Sweeps, To: expiringAt(now.Add(time.Millisecond))}
}

// Unsettled is the part of Totals that counts do not show yet: Arxes that are being settled, and keys
// that have expired by the time and are counted as active.
func Unsettled(tenant string, now time.Time) Range {
	r := Totals(tenant, now)
	r.From = SettlingArxes
	return r
}

// ExpiringBetween is where the keys lie that expire from one time on, and before the other.
func ExpiringBetween(tenant string, from, to time.Time) Range {
	return Range{PK: inTotals(tenant, "").PK, From: expiringAt(from), To: expiringAt(to)}
}

// PartOfTotals takes the sort key of an item of the partition of totals apart: its part, and what it is in it.
func PartOfTotals(sortKey string) (part, of string) {
	part, of, _ = strings.Cut(sortKey, "#")
	return part, of
}
