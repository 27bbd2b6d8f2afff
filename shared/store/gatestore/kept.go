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

// Gates reads gates and caches them. It is safe for concurrent use.
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

// DefaultTTL is how long a gate is cached if GATE_TTL is not set.
const DefaultTTL = 5 * time.Second

// TTL returns how long this stack caches a gate, which is in GATE_TTL.
func TTL() time.Duration { return table.DurationFromEnv("GATE_TTL", DefaultTTL) }

// maxKept bounds the memory of an environment that serves many tenants: cached gates of each kind.
const maxKept = 10_000

// New returns the gates in db. Each is cached for ttl (0 disables the cache), which is also the longest
// delay until a change of an application or an Arx takes effect.
func New(db *table.Table, ttl time.Duration) *Gates {
	return &Gates{
		db: db, ttl: ttl, now: time.Now,
		applications: map[string]kept[keys.ApplicationGate]{}, arxes: map[string]kept[keys.ArxGate]{},
	}
}

// Find returns the gates of a key's parents. It fails if one does not exist, because a key without its
// gates is never valid.
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

// Lookup is a lookup of the gates of a key's parents, some of which may be cached. A caller that reads
// other items anyway can read Missing in the same call.
type Lookup struct {
	gates                *Gates
	applicationID, arxID string
	application          *keys.ApplicationGate
	arx                  *keys.ArxGate
	begun                time.Time // before the read: a cached gate is at most ttl old, however long the read takes
}

// Lookup starts a lookup with the cached gates.
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

// Missing returns the keys of the gates that are not cached.
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

// Found completes the lookup with the gates in items; it ignores other items. It returns
// problem.Unavailable if a gate does not exist, because a key without its gates is never valid.
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
		return keys.ApplicationGate{}, keys.ArxGate{}, problem.Busy(fmt.Errorf("gate %s or %s does not exist", l.applicationID, l.arxID))
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
