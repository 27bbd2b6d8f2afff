// Package change serves the operations that change one Arx and no other record.
package change

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Do returns the decision that applies the action if the Arx's status allows it.
var Do = catalog.Do[arxes.Arx]

// Start serves the operation and does not return.
func Start[Req api.Change](op api.Operation[Req, api.Arx], decide catalog.Decision[arxes.Arx, Req]) {
	catalog.Start(kind, op, decide)
}

// beside is what responses show in addition to an Arx.
type beside struct {
	keys     api.KeyTotals
	standing arxes.Default
}

func kind(db *table.Table) catalog.Kind[arxes.Arx, beside, api.Arx] {
	store, counts := arxstore.New(db), countstore.New(db)
	return catalog.Kind[arxes.Arx, beside, api.Arx]{
		Read: func(ctx context.Context, tenant, id string, now time.Time) (beside, error) {
			keys, err := counts.KeysByArx(ctx, tenant, id, id, now)
			if err != nil {
				return beside{}, err
			}
			standing, err := store.Default(ctx, tenant)
			return beside{keys[id], standing}, err
		},
		Change: store.Change,
		Respond: func(is arxes.Arx, by auth.Principal, b beside, effect api.Effect) api.Arx {
			res := is.Response(by, b.standing, b.keys)
			res.Effect = effect
			return res
		},
		Delay: gatestore.TTL(),
	}
}
