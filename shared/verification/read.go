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

// reading is what is read of a key.
type reading struct {
	credential keys.Credential
	lookup     *gatestore.Lookup // of its gates; nil where its parents are not known
	items      []table.Item      // for the lookup
}

// lookup returns the search for the key's gates, and what of them is missing. Where the key's parents are not known
// there is none: an unknown key's gates are nobody's business.
func (v *Verifier) lookup(id string) (*gatestore.Lookup, []table.Key) {
	of, known := v.parents.get(id)
	if !known {
		return nil, nil
	}
	lookup := v.gates.Lookup(of.application, of.arx)
	return &lookup, lookup.Missing()
}

// take takes what was found: the key's credential, and its gates.
func (r *reading) take(id string, items []table.Item) {
	r.items = items
	for _, item := range items {
		if item.Key() == table.Credential(id) {
			r.credential = credentialstore.Decode(item)
		}
	}
}

// read reads the credential; where the key's parents are known, with what is missing of their gates.
func (v *Verifier) read(ctx context.Context, id string) (r reading, err error) {
	if a, ok := table.AlongOf(ctx).(*ahead); ok && a.taken && a.id == id {
		return a.reading, nil
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

// Ahead returns a context for a Verify of the request. If something is read with it before by [table.Table.GetAlong],
// such as who asks, then what Verify will read is read in the same call.
func (v *Verifier) Ahead(ctx context.Context, request func() (api.VerifyKeyRequest, error)) context.Context {
	return table.WithAlong(ctx, &ahead{verifier: v, request: request})
}

// ahead is a reading that was made ahead, if it was taken.
type ahead struct {
	verifier *Verifier
	request  func() (api.VerifyKeyRequest, error)
	id       string // of the key
	reading  reading
	taken    bool
}

// Keys implements [table.Along].
func (a *ahead) Keys() []table.Key {
	req, err := a.request()
	if err != nil {
		return nil // it will be refused
	}
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return nil
	}
	var missing []table.Key
	a.id = api.KeyPrefix + presented.ID()
	a.reading.lookup, missing = a.verifier.lookup(a.id)
	return append(missing, table.Credential(a.id))
}

// Take implements [table.Along].
func (a *ahead) Take(items []table.Item) {
	a.reading.take(a.id, items)
	a.taken = true
}
