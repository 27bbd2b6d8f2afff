// Package catalog serves the operations that change one application or one Arx.
package catalog

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Record is an application or an Arx.
type Record[R any] interface {
	lifecycle.Record[R]
	Do(action lifecycle.Action, by auth.Principal, now time.Time) (R, error)
}

// Kind is how records of a kind are changed and shown.
type Kind[R Record[R], Beside, Res any] struct {
	// Read returns what the response shows in addition to the record. It is called before the change: if it
	// failed afterwards, a completed change would return an error.
	Read    func(ctx context.Context, tenant, id string, now time.Time) (Beside, error)
	Change  func(ctx context.Context, tenant, id string, change func(was R) (R, audit.Event, error)) (R, error)
	Respond func(is R, by auth.Principal, beside Beside, effect api.Effect) Res
	Delay   time.Duration // until no verification uses the record as it was before a change
}

// Decision returns the record after a request, such as applications.Application.Update.
type Decision[R any, Req api.Change] func(was R, by auth.Principal, req Req, now time.Time) (R, error)

// Do returns the decision that applies the action if the record's status allows it.
func Do[R Record[R]](action lifecycle.Action) Decision[R, api.Target] {
	return func(was R, by auth.Principal, _ api.Target, now time.Time) (R, error) { return was.Do(action, by, now) }
}

// Start serves the operation on records of the kind, and does not return.
func Start[R Record[R], Beside any, Req api.Change, Res any](kind func(*table.Table) Kind[R, Beside, Res], op api.Operation[Req, Res], decide Decision[R, Req]) {
	db := table.FromEnv()
	lambdahttp.Start(op, callerstore.NewAuthenticator(db), Handler(kind(db), op, decide))
}

// Handler returns the handler of the operation.
func Handler[R Record[R], Beside any, Req api.Change, Res any](k Kind[R, Beside, Res], op api.Operation[Req, Res], decide Decision[R, Req]) func(context.Context, auth.Principal, Req) (Res, error) {
	return func(ctx context.Context, by auth.Principal, req Req) (res Res, err error) {
		id, seen := req.On()
		now := time.Now()
		beside, err := k.Read(ctx, by.Tenant, id, now)
		if err != nil {
			return res, err
		}
		change := lifecycle.Transition(by, op.Name, seen, func(was R) (R, error) { return decide(was, by, req, now) }, rand.Reader)
		is, err := k.Change(ctx, by.Tenant, id, change)
		if err != nil {
			return res, err
		}
		return k.Respond(is, by, beside, api.EffectAfter(time.Now(), k.Delay)), nil
	}
}
