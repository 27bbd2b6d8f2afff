package arxstore

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// RollUp returns the item that puts the tenant on the list of the daily roll-up, from the given time on. It
// is written with the tenant's first Arx, because there are no keys without an Arx.
func RollUp(tenant string, at time.Time) table.Item {
	item := table.NewItem(table.RollUp(tenant))
	item.SetDue(table.RollUpJob, tenant, at)
	return item
}
