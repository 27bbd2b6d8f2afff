// Package change serves the operations that change one application.
package change

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Do returns the decision that applies the action if the application's status allows it.
var Do = catalog.Do[applications.Application]

// Start serves the operation and does not return.
func Start[Req api.Change](op api.Operation[Req, api.Application], decide catalog.Decision[applications.Application, Req]) {
	catalog.Start(kind, op, decide)
}

// kind returns how applications are changed and shown, with the counts of their keys.
func kind(db *table.Table) catalog.Kind[applications.Application, api.KeyTotals, api.Application] {
	counts := countstore.New(db)
	return catalog.Kind[applications.Application, api.KeyTotals, api.Application]{
		Read: func(ctx context.Context, tenant, id string, now time.Time) (api.KeyTotals, error) {
			keys, err := counts.KeysByApplication(ctx, tenant, id, id, now)
			return keys[id], err
		},
		Change: applicationstore.New(db).Change,
		Respond: func(is applications.Application, by auth.Principal, keys api.KeyTotals, effect api.Effect) api.Application {
			res := is.Response(by, keys)
			res.Effect = effect
			return res
		},
		Delay: gatestore.TTL(),
	}
}
