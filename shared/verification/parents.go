package verification

import "sync"

// parents caches which application and Arx a key belongs to. These never change, so their gates can be read
// together with the key's credential.
type parents struct {
	mu sync.Mutex
	of map[string]pair
}

type pair struct{ application, arx string }

// maxParents bounds the memory of an environment that serves many keys.
const maxParents = 10_000

func (p *parents) get(id string) (pair, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, ok := p.of[id]
	return of, ok
}

func (p *parents) put(id string, of pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.of) >= maxParents {
		clear(p.of)
	}
	p.of[id] = of
}
