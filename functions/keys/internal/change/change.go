// Package change serves the operations that change one API key.
package change

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Decision returns a key after a request, given the status of its Arx, such as keys.Key.Update.
type Decision[Req api.Change] func(was keys.Key, req Req, now time.Time, arx api.ArxStatus) (keys.Key, error)

// Do returns the decision that applies the action if the key's status allows it.
func Do(action lifecycle.Action) Decision[api.Target] {
	return func(was keys.Key, _ api.Target, now time.Time, arx api.ArxStatus) (keys.Key, error) {
		return was.Do(action, now, arx)
	}
}

// Start serves the operation and does not return.
func Start[Req api.Change](op api.Operation[Req, api.Key], decide Decision[Req]) {
	db := table.FromEnv()
	lambdahttp.Start(op, callerstore.NewAuthenticator(db), Handler(db, op, decide))
}

// Handler returns the handler of the operation. It reads what the response shows in addition to the key
// before the change: if that failed afterwards, a completed change would return an error.
func Handler[Req api.Change](db *table.Table, op api.Operation[Req, api.Key], decide Decision[Req]) func(context.Context, auth.Principal, Req) (api.Key, error) {
	store := keystore.New(db)
	return func(ctx context.Context, by auth.Principal, req Req) (api.Key, error) {
		id, seen := req.On()
		now := time.Now()
		_, details, err := store.Find(ctx, by.Tenant, id)
		if err != nil {
			return api.Key{}, err
		}
		k, err := store.Change(ctx, by.Tenant, id, lifecycle.Transition(by, op.Name, seen, func(was keys.Key) (keys.Key, error) {
			return decide(was, req, now, details.Arx.Status)
		}, rand.Reader))
		if err != nil {
			return api.Key{}, err
		}
		res := k.Response(by, details, now)
		res.Effect = api.EffectAfter(time.Now(), 0) // every verification reads the key
		return res, nil
	}
}
