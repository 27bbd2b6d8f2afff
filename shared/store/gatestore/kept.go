package gatestore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Gates reads gates, and keeps them for a while. It is safe for concurrent use.
type Gates struct {
	db  *table.Table
	ttl time.Duration
	now func() time.Time

	mu           sync.Mutex
	applications map[string]kept[keys.ApplicationGate]
	arxes        map[string]kept[keys.ArxGate]
}

type kept[G any] struct {
	gate  *G
	until time.Time
}

// DefaultTTL is how long a gate is kept where GATE_TTL says nothing.
const DefaultTTL = 5 * time.Second

// maxKept bounds the memory of an environment that sees many tenants: so many of each kind.
const maxKept = 10_000

// New returns the gates that lie in the table. Each is kept for ttl (0: not at all): that is how
// long a change of an application or an Arx may go unnoticed.
func New(db *table.Table, ttl time.Duration) *Gates {
	return &Gates{
		db: db, ttl: ttl, now: time.Now,
		applications: map[string]kept[keys.ApplicationGate]{}, arxes: map[string]kept[keys.ArxGate]{},
	}
}

// Find returns the gates of a key's parents. It fails if there is none: without its gate a key is
// never good.
func (g *Gates) Find(ctx context.Context, applicationID, arxID string) (keys.ApplicationGate, keys.ArxGate, error) {
	l := g.Lookup(applicationID, arxID)
	var items []table.Item
	if missing := l.Missing(); len(missing) > 0 {
		var err error
		if items, err = g.db.GetAll(ctx, missing); err != nil {
			return keys.ApplicationGate{}, keys.ArxGate{}, fmt.Errorf("find the gates %s and %s: %w", applicationID, arxID, err)
		}
	}
	return l.Found(items)
}

// Lookup is the search for the gates of a key's parents, of which some may be kept. Whoever has
// something else to read, reads what is missing along with it.
type Lookup struct {
	gates                *Gates
	applicationID, arxID string
	application          *keys.ApplicationGate
	arx                  *keys.ArxGate
	begun                time.Time // before the read: what is kept is at most ttl old, however long the read takes
}

// Lookup begins the search with what is kept.
func (g *Gates) Lookup(applicationID, arxID string) Lookup {
	l := Lookup{gates: g, applicationID: applicationID, arxID: arxID, begun: g.now()}
	g.mu.Lock()
	defer g.mu.Unlock()
	if k := g.applications[applicationID]; l.begun.Before(k.until) {
		l.application = k.gate
	}
	if k := g.arxes[arxID]; l.begun.Before(k.until) {
		l.arx = k.gate
	}
	return l
}

// Missing returns where the gates lie that are not kept.
func (l Lookup) Missing() []table.Key {
	var missing []table.Key
	if l.application == nil {
		missing = append(missing, table.Gate(l.applicationID))
	}
	if l.arx == nil {
		missing = append(missing, table.Gate(l.arxID))
	}
	return missing
}

// Found ends the search with the missing gates, which may lie among other items. It is
// problem.Unavailable where one is not there: without its gate a key is never good.
func (l Lookup) Found(items []table.Item) (keys.ApplicationGate, keys.ArxGate, error) {
	for _, item := range items {
		switch item.Key() {
		case table.Gate(l.applicationID):
			l.application = decodeApplication(item)
			keep(l.gates, l.gates.applications, l.applicationID, l.application, l.begun)
		case table.Gate(l.arxID):
			l.arx = decodeArx(item)
			keep(l.gates, l.gates.arxes, l.arxID, l.arx, l.begun)
		}
	}
	if l.application == nil || l.arx == nil {
		return keys.ApplicationGate{}, keys.ArxGate{}, problem.Busy(fmt.Errorf("there is no gate %s, or none %s", l.applicationID, l.arxID))
	}
	return *l.application, *l.arx, nil
}

func keep[G any](g *Gates, in map[string]kept[G], id string, gate *G, begun time.Time) {
	if g.ttl <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(in) >= maxKept {
		clear(in)
	}
	in[id] = kept[G]{gate, begun.Add(g.ttl)}
}
