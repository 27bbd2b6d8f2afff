package arxstore

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	defaultArx = "arx"  // id of the default
	live       = "live" // how many Arxes are not deleted
)

// Default returns the tenant's default Arx. It is the zero Default if the tenant has no Arx.
func (s *Arxes) Default(ctx context.Context, tenant string) (arxes.Default, error) {
	item, err := s.db.Get(ctx, table.DefaultArx(tenant))
	if err != nil {
		return arxes.Default{}, fmt.Errorf("get the default Arx: %w", err)
	}
	return DecodeDefault(item), nil
}

// DecodeDefault returns the default Arx from its item.
func DecodeDefault(item table.Item) arxes.Default {
	return arxes.Default{ArxID: item.String(defaultArx), Live: item.Int(live)}
}

// StoredDefault returns the item that has to lie in the table for the tenant's default Arx.
func StoredDefault(tenant string, d arxes.Default) table.Item { return encodeDefault(tenant, d) }

func encodeDefault(tenant string, d arxes.Default) table.Item {
	item := table.NewItem(table.DefaultArx(tenant))
	item.SetString(defaultArx, d.ArxID)
	item.SetInt(live, d.Live)
	return item
}

func hasDefault(id string) table.Item {
	item := table.Item{}
	item.SetString(defaultArx, id)
	return item
}
