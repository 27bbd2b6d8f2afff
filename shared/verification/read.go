package verification

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// reading is the data read for a key.
type reading struct {
	credential keys.Credential
	lookup     *gatestore.Lookup // of its gates; nil if its parents are unknown
	items      []table.Item      // for the lookup
}

// lookup returns a lookup of the key's gates and the keys of those that are not cached. If the key's
// parents are unknown it returns none: the gates of an unknown key are not read.
func (v *Verifier) lookup(id string) (*gatestore.Lookup, []table.Key) {
	of, known := v.parents.get(id)
	if !known {
		return nil, nil
	}
	lookup := v.gates.Lookup(of.application, of.arx)
	return &lookup, lookup.Missing()
}

// take stores the items found: the key's credential, and its gates.
func (r *reading) take(id string, items []table.Item) {
	r.items = items
	for _, item := range items {
		if item.Key() == table.Credential(id) {
			r.credential = credentialstore.Decode(item)
		}
	}
}

// read reads the credential and, if the key's parents are known, the gates that are not cached. It uses
// what was prefetched; prefetched may be nil.
func (v *Verifier) read(ctx context.Context, id string, prefetched *Prefetch) (r reading, err error) {
	if prefetched != nil && prefetched.taken && prefetched.id == id {
		return prefetched.reading, nil
	}
	var missing []table.Key
	if r.lookup, missing = v.lookup(id); len(missing) == 0 {
		r.credential, err = credentialstore.Find(ctx, v.db, id)
		return r, err
	}
	items, err := v.db.GetAll(ctx, append(missing, table.Credential(id)))
	if err != nil {
		return r, fmt.Errorf("read %s and its gates: %w", id, err)
	}
	r.take(id, items)
	return r, nil
}

// Prefetch is what a verification reads of a key. It implements [table.Prefetch], so that the key can be
// read in the same call as the caller.
type Prefetch struct {
	verifier *Verifier
	request  func() (api.VerifyKeyRequest, error)
	id       string // of the key
	reading  reading
	taken    bool
}

// Prefetch returns a Prefetch of the key in the request, for VerifyPrefetched. It calls request only if
// something is read.
func (v *Verifier) Prefetch(request func() (api.VerifyKeyRequest, error)) *Prefetch {
	return &Prefetch{verifier: v, request: request}
}

// Keys implements [table.Prefetch].
func (p *Prefetch) Keys() []table.Key {
	req, err := p.request()
	if err != nil {
		return nil // the request will be refused
	}
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return nil
	}
	var missing []table.Key
	p.id = api.KeyPrefix + presented.ID()
	p.reading.lookup, missing = p.verifier.lookup(p.id)
	return append(missing, table.Credential(p.id))
}

// Take implements [table.Prefetch].
func (p *Prefetch) Take(items []table.Item) {
	p.reading.take(p.id, items)
	p.taken = true
}
