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
	counts counts // read before the change: a read that fails after it would fail the answer to what is done
	now    func() time.Time
	random io.Reader
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

// settlingTime is how much of the request goes into settling the rows of the Arx's keys. Readers
// are right without it, so that what is left over may wait.
const settlingTime = 3 * time.Second

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
	h.settle(ctx, by, a.ID, now)
	keys := counted[id]
	return a.Response(by, arxes.Default{}, api.KeyTotals{Deleted: keys.Total + keys.Deleted}), nil
}

// settle settles what it can in its time. What is left over, for whatever reason, stays marked.
func (h handler) settle(ctx context.Context, by auth.Principal, arxID string, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, settlingTime)
	defer cancel()
	_ = h.keys.Settle(ctx, by.Tenant, arxID, keys.WithArx(by, now, h.random))
}
