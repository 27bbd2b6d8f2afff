package table

import (
	"fmt"
	"strings"
	"time"
)

// Parts of a tenant's partition of totals, in sort order: one query from Sweeps to ExpiringKeys reads
// everything that the totals of the tenant's keys are computed from. Parents are here, although they are no
// totals, so that a page of keys reads them and Sweeps with one query.
const (
	Parents       = "!parents"            // what keys show of their applications and Arxes
	Sweeps        = "!sweeps"             // number of job transactions that moved keys from one count to another
	OfArx         = "arx"                 // keys of an Arx
	SettlingArxes = "deleted-arx"         // deleted Arxes whose keys' rows may not show the deletion yet
	ExpiringKeys  = "expiring"            // keys counted as active, by expiry
	OfApplication = "keys-of-application" // keys of an application
	OfParents     = "keys-of-parents"     // keys of an application at an Arx
	OfNoun        = "nouns"               // applications and Arxes themselves
)

func inTotals(tenant, sortKey string) Key { return Key{"rec#" + tenant + "#totals", sortKey} }

// Count is the key of one shard of a count. The scope is what is counted: a part of the partition and an
// id.
func Count(tenant, scope string, shard int) Key {
	return inTotals(tenant, fmt.Sprintf("%s#%02d", scope, shard))
}

// Parent is the key of what keys show of an application or an Arx; with an empty id, the beginning of all of
// them.
func Parent(tenant, id string) Key { return inTotals(tenant, Parents+"#"+id) }

// SweepsAndParents returns the range of Sweeps and, behind it, Parents, newest first.
func SweepsAndParents(tenant string) Range {
	r := Between(inTotals(tenant, Parents), inTotals(tenant, Sweeps))
	r.Backward = true
	return r
}

// Settling is the key of a deleted Arx whose keys' rows may not show the deletion yet.
func Settling(tenant, arxID string) Key { return inTotals(tenant, SettlingArxes+"#"+arxID) }

// Expiring is the key of the item for a key that expires at that time. Only keys that are counted as active
// have one.
func Expiring(tenant string, at time.Time, keyID string) Key {
	return inTotals(tenant, expiringAt(at)+keyID)
}

func expiringAt(at time.Time) string { return ExpiringKeys + "#" + Millis(at) + "#" }

// Millis returns a time in milliseconds, padded so that sort keys sort by time.
func Millis(at time.Time) string { return fmt.Sprintf("%015d", at.UnixMilli()) }

// Totals returns the range of everything that the totals of the tenant's keys at now are computed from. A
// key counts as expired from its expiry time on.
func Totals(tenant string, now time.Time) Range {
	return Range{PK: inTotals(tenant, "").PK, From: Sweeps, To: expiringAt(now.Add(time.Millisecond))}
}

// Unsettled returns the part of Totals that the counts do not include yet: Arxes that are being settled,
// and expired keys that are counted as active.
func Unsettled(tenant string, now time.Time) Range {
	r := Totals(tenant, now)
	r.From = SettlingArxes
	return r
}

// ExpiringBetween returns the range of the keys that expire from one time on, before the other.
func ExpiringBetween(tenant string, from, to time.Time) Range {
	return Range{PK: inTotals(tenant, "").PK, From: expiringAt(from), To: expiringAt(to)}
}

// PartOfTotals splits a sort key of the partition of totals into its part and the rest.
func PartOfTotals(sortKey string) (part, of string) {
	part, of, _ = strings.Cut(sortKey, "#")
	return part, of
}
