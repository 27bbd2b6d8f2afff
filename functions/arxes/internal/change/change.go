// Package change serves the operations that change one Arx and nothing beside it.
package change

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Decision is what a request makes of an Arx, such as arxes.Arx.Update.
type Decision[Req api.Change] func(was arxes.Arx, by auth.Principal, req Req, now time.Time) (arxes.Arx, error)

// Do decides by the lifecycle alone: the action, where the Arx's state allows it.
func Do(action lifecycle.Action) Decision[api.Target] {
	return func(was arxes.Arx, by auth.Principal, _ api.Target, now time.Time) (arxes.Arx, error) {
		return was.Do(action, by, now)
	}
}

// Start serves the operation and does not return.
func Start[Req api.Change](op api.Operation[Req, api.Arx], decide Decision[Req]) {
	db := table.FromEnv()
	lambdahttp.Start(op, callerstore.NewAuthenticator(db), Handler(db, op, decide))
}

// Handler returns the handler of the operation. It reads counts and default before the change: a read
// that fails after it would fail the answer to what is done.
func Handler[Req api.Change](db *table.Table, op api.Operation[Req, api.Arx], decide Decision[Req]) func(context.Context, auth.Principal, Req) (api.Arx, error) {
	store, counts := arxstore.New(db), countstore.New(db)
	return func(ctx context.Context, by auth.Principal, req Req) (api.Arx, error) {
		id, seen := req.On()
		now := time.Now()
		keys, err := counts.KeysByArx(ctx, by.Tenant, id, id, now)
		if err != nil {
			return api.Arx{}, err
		}
		standing, err := store.Default(ctx, by.Tenant)
		if err != nil {
			return api.Arx{}, err
		}
		a, err := store.Change(ctx, by.Tenant, id, lifecycle.Transition(by, op.Name, seen, func(was arxes.Arx) (arxes.Arx, error) {
			return decide(was, by, req, now)
		}, rand.Reader))
		if err != nil {
			return api.Arx{}, err
		}
		return a.Response(by, standing, keys[id]), nil
	}
}
