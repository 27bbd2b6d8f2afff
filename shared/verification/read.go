package verification

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// reading is what was read of a key.
type reading struct {
	credential keys.Credential
	lookup     *gatestore.Lookup // of its gates; nil where its parents were not known
	items      []table.Item      // for the lookup
	err        error
}

// read reads the credential; where the key's parents are known, with what is missing of their gates.
// Otherwise there is no lookup: an unknown key's gates are nobody's business.
func (v *Verifier) read(ctx context.Context, id string) (r reading) {
	var missing []table.Key
	if of, known := v.parents.get(id); known {
		lookup := v.gates.Lookup(of.application, of.arx)
		r.lookup, missing = &lookup, lookup.Missing()
	}
	if len(missing) == 0 {
		r.credential, r.err = credentialstore.Find(ctx, v.db, id)
		return r
	}
	at := table.Credential(id)
	if r.items, r.err = v.db.GetAll(ctx, append(missing, at)); r.err != nil {
		r.err = fmt.Errorf("read %s and its gates: %w", id, r.err)
	}
	for _, item := range r.items {
		if item.Key() == at {
			r.credential = credentialstore.Decode(item)
		}
	}
	return r
}

// Ahead begins to read what Verify will need for the request, and returns the context to call it with. The
// reading ends with the context that was given.
func (v *Verifier) Ahead(ctx context.Context, req api.VerifyKeyRequest) context.Context {
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return ctx
	}
	a := ahead{id: api.KeyPrefix + presented.ID(), read: make(chan reading, 1)}
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				a.read <- reading{err: fmt.Errorf("panic: %v\n%s", cause, debug.Stack())}
			}
		}()
		a.read <- v.read(ctx, a.id)
	}()
	return context.WithValue(ctx, aheadKey{}, a)
}

type aheadKey struct{}

// ahead is a reading that has begun. It is taken once.
type ahead struct {
	id   string
	read chan reading
}

// readOrTake returns what is being read ahead of the key, and reads it where nothing is.
func (v *Verifier) readOrTake(ctx context.Context, id string) reading {
	a, ok := ctx.Value(aheadKey{}).(ahead)
	if !ok || a.id != id {
		return v.read(ctx, id)
	}
	select {
	case r := <-a.read:
		return r
	case <-ctx.Done():
		return reading{err: ctx.Err()}
	}
}
