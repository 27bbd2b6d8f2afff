// Package change serves the operations that change one application.
package change

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Decision is what a request makes of an application, such as applications.Application.Update.
type Decision[Req api.Change] func(was applications.Application, by auth.Principal, req Req, now time.Time) (applications.Application, error)

// Do decides by the lifecycle alone: the action, where the application's state allows it.
func Do(action lifecycle.Action) Decision[api.Target] {
	return func(was applications.Application, by auth.Principal, _ api.Target, now time.Time) (applications.Application, error) {
		return was.Do(action, by, now)
	}
}

// Start serves the operation and does not return.
func Start[Req api.Change](op api.Operation[Req, api.Application], decide Decision[Req]) {
	db := table.FromEnv()
	lambdahttp.Start(op, callerstore.NewAuthenticator(db), Handler(db, op, decide))
}

// Handler returns the handler of the operation. It reads the counts before the change: a read that fails
// after it would fail the answer to what is done.
func Handler[Req api.Change](db *table.Table, op api.Operation[Req, api.Application], decide Decision[Req]) func(context.Context, auth.Principal, Req) (api.Application, error) {
	store, counts := applicationstore.New(db), countstore.New(db)
	return func(ctx context.Context, by auth.Principal, req Req) (api.Application, error) {
		id, seen := req.On()
		now := time.Now()
		keys, err := counts.KeysByApplication(ctx, by.Tenant, id, id, now)
		if err != nil {
			return api.Application{}, err
		}
		a, err := store.Change(ctx, by.Tenant, id, lifecycle.Transition(by, op.Name, seen, func(was applications.Application) (applications.Application, error) {
			return decide(was, by, req, now)
		}, rand.Reader))
		if err != nil {
			return api.Application{}, err
		}
		return a.Response(by, keys[id]), nil
	}
}
