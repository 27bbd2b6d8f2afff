package restore

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// recordOf returns the id of the record that the item belongs to: a key, an application, an Arx or a management key. It
// is not an id of a record for items that belong to a tenant, and empty for events.
func recordOf(item table.Item) string {
	at := item.Key()
	kind, of, part := at.Parts()
	switch kind {
	case "cred", "gate", "lim", "mgk":
		return of
	case "use":
		if part != "" {
			return at.SK
		}
		return of
	case "rec":
		return recordIn(of, at, item)
	}
	return ""
}

func recordIn(tenant string, at table.Key, item table.Item) string {
	switch at.PK {
	case table.Application(tenant, "").PK, table.Arx(tenant, "").PK, table.ManagementKeyRow(tenant, "").PK:
		return at.SK
	case table.KeyRow(tenant, "").PK:
		return at.ID()
	case table.Name(tenant, "", "").PK:
		return item.String("id")
	case table.Settling(tenant, "").PK:
		switch part, of := table.PartOfTotals(at.SK); part {
		case table.Parents, table.SettlingArxes:
			return of
		case table.ExpiringKeys:
			return foundBy(at)
		}
		return ""
	}
	if strings.HasPrefix(at.PK, table.KeyIndex(tenant, "", "").PK) {
		return foundBy(at)
	}
	return ""
}

// foundBy returns the id of the key of an index entry, which is the end of the entry's sort key.
func foundBy(at table.Key) string { return at.SK[max(0, len(at.SK)-len(api.KeyPrefix)-api.IDChars):] }

// isCount reports whether the item is a shard of a count of a tenant's records, and returns its scope.
func isCount(at table.Key) (scope string, ok bool) {
	tenant := at.Tenant()
	if at.PK != table.Settling(tenant, "").PK {
		return "", false
	}
	switch part, _ := table.PartOfTotals(at.SK); part {
	case table.OfArx, table.OfApplication, table.OfParents, table.OfNoun:
		return at.SK[:strings.LastIndex(at.SK, "#")], true
	}
	return "", false
}
