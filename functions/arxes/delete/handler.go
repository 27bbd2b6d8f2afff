package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
)

type handler struct {
	arxes  store
	keys   settler
	counts counts // read before the change: if it failed afterwards, a completed change would return an error
	now    func() time.Time
	random io.Reader
	delay  time.Duration // until no verification uses the Arx as it was
}

type store interface {
	Delete(ctx context.Context, tenant, id string, change func(arxes.Arx) (arxes.Arx, audit.Event, error)) (arxes.Arx, error)
}

type settler interface {
	Settle(ctx context.Context, tenant, arxID string, change func(keys.Key) (keys.Key, audit.Event, error)) error
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

// settlingTime bounds how long the request updates the items of the Arx's keys. Readers treat the keys as
// deleted anyway, and a job updates the rest.
const settlingTime = 3 * time.Second

// delete deletes the Arx and, with it, all of its keys.
func (h handler) delete(ctx context.Context, by auth.Principal, req api.Target) (api.Arx, error) {
	id, seen := req.On()
	now := h.now()
	counted, err := h.counts.KeysByArx(ctx, by.Tenant, id, id, now)
	if err != nil {
		return api.Arx{}, err
	}
	decide := func(was arxes.Arx) (arxes.Arx, error) { return was.Do(arxes.Delete, by, now) }
	a, err := h.arxes.Delete(ctx, by.Tenant, id, lifecycle.Transition(by, api.DeleteArx.Name, seen, decide, h.random))
	if err != nil {
		return api.Arx{}, err
	}
	effect := api.EffectAfter(h.now(), h.delay)
	h.settle(ctx, by, a.ID, now)
	keys := counted[id]
	// All of its keys are deleted now, and a deleted Arx is not the default.
	res := a.Response(by, arxes.Default{}, api.KeyTotals{Deleted: keys.Total + keys.Deleted})
	res.Effect = effect
	return res, nil
}

// settle updates as many items as it can within settlingTime. The rest stays marked for the job.
func (h handler) settle(ctx context.Context, by auth.Principal, arxID string, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, settlingTime)
	defer cancel()
	_ = h.keys.Settle(ctx, by.Tenant, arxID, keys.WithArx(by, now, h.random))
}
