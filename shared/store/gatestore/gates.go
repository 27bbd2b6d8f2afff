// Package gatestore holds the gates: what verification needs to know of an application or an Arx.
// A gate is written in the transaction that changes its parent.
package gatestore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	id         = "id"
	name       = "name"
	status     = "status"
	technology = "technology"
	origins    = "origins"
	purpose    = "purpose"
	endpoint   = "endpoint"
	regions    = "regions"
	encryption = "encryption"
)

// PutApplication writes the gate of the application as part of the transaction that changes it.
func PutApplication(tx *table.Transaction, a applications.Application) {
	tx.Put(EncodeApplication(a))
}

// EncodeApplication returns the gate of the application.
func EncodeApplication(a applications.Application) table.Item {
	item := table.NewItem(table.Gate(a.ID))
	item.SetString(id, a.ID)
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(technology, string(a.Technology))
	item.SetStrings(origins, a.AllowedOrigins)
	return item
}

// PutArx writes the gate of the Arx as part of the transaction that changes it.
func PutArx(tx *table.Transaction, a arxes.Arx) {
	tx.Put(EncodeArx(a))
}

// EncodeArx returns the gate of the Arx.
func EncodeArx(a arxes.Arx) table.Item {
	item := table.NewItem(table.Gate(a.ID))
	item.SetString(id, a.ID)
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(purpose, string(a.Purpose))
	item.SetString(endpoint, a.Endpoint)
	item.SetStrings(regions, a.Regions)
	item.SetString(encryption, string(a.Encryption))
	return item
}

// Gates reads gates, and keeps them for a while. It is safe for concurrent use.
type Gates struct {
	db  *table.Table
	ttl time.Duration
	now func() time.Time

	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	gate  table.Item
	until time.Time
}

// DefaultTTL is how long a gate is kept where GATE_TTL says nothing.
const DefaultTTL = 5 * time.Second

// maxKept bounds the memory of an environment that sees many tenants.
const maxKept = 10_000

// New returns the gates that lie in the table. Each is kept for ttl (0: not at all): that is how
// long a change of an application or an Arx may go unnoticed.
func New(db *table.Table, ttl time.Duration) *Gates {
	return &Gates{db: db, ttl: ttl, now: time.Now, kept: map[string]kept{}}
}

// Find returns the gates of a key's parents. It fails if there is none: without its gate a key is
// never good.
func (g *Gates) Find(ctx context.Context, applicationID, arxID string) (keys.ApplicationGate, keys.ArxGate, error) {
	found, err := g.find(ctx, applicationID, arxID)
	if err != nil {
		return keys.ApplicationGate{}, keys.ArxGate{}, fmt.Errorf("find the gates %s and %s: %w", applicationID, arxID, err)
	}
	app, arx := found[applicationID], found[arxID]
	return keys.ApplicationGate{
			ID: app.String(id), Name: app.String(name), Status: api.ApplicationStatus(app.String(status)),
			Technology: api.Technology(app.String(technology)), AllowedOrigins: app.Strings(origins),
		}, keys.ArxGate{
			ID: arx.String(id), Name: arx.String(name), Status: api.ArxStatus(arx.String(status)),
			Purpose: api.Purpose(arx.String(purpose)), Endpoint: arx.String(endpoint),
			Regions: arx.Strings(regions), Encryption: api.Encryption(arx.String(encryption)),
		}, nil
}

func (g *Gates) find(ctx context.Context, wanted ...string) (map[string]table.Item, error) {
	found := map[string]table.Item{}
	var missing []table.Key
	now := g.now() // before the read: what is kept is at most ttl old, however long the read takes
	g.mu.Lock()
	for _, w := range wanted {
		if k, ok := g.kept[w]; ok && now.Before(k.until) {
			found[w] = k.gate
		} else {
			missing = append(missing, table.Gate(w))
		}
	}
	g.mu.Unlock()
	if len(missing) == 0 {
		return found, nil
	}
	items, err := g.db.GetAll(ctx, missing)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.kept) > maxKept {
		clear(g.kept)
	}
	for _, item := range items {
		found[item.String(id)] = item
		if g.ttl > 0 {
			g.kept[item.String(id)] = kept{item, now.Add(g.ttl)}
		}
	}
	for _, w := range wanted {
		if found[w] == nil {
			return nil, problem.Busy(fmt.Errorf("there is no gate %s", w))
		}
	}
	return found, nil
}
