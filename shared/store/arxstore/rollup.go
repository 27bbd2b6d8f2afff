package arxstore

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// RollUp returns the item by which the daily roll-up finds the tenant's keys, from that time on. A tenant has one from its
// first Arx on: without an Arx there is no key.
func RollUp(tenant string, at time.Time) table.Item {
	item := table.NewItem(table.RollUp(tenant))
	item.SetDue(table.RollUpJob, tenant, at)
	return item
}
