// Package verification finds out whether an access key is good. It is what POST /v1/keys/verify and
// the Lambda authorizer share: they differ in who asks, and in how the verdict is told.
//
// A warm verification makes one round trip: a strongly consistent read of the credential, with the
// gates of its parents where those that are kept are too old. A key of the wrong form costs none, and
// one with a limit costs a second one, if all else has passed.
package verification

import (
	"context"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Verifier verifies access keys. It is safe for concurrent use.
type Verifier struct {
	db      *table.Table
	keys    *keystore.Keys
	gates   *gatestore.Gates
	limits  *limitstore.Limits
	now     func() time.Time
	parents parents
}

// New returns the verifier of the keys in the table. A change of an application or an Arx may go
// unnoticed for the ttl (0: it does not); one of a key never does.
func New(db *table.Table, gateTTL time.Duration) *Verifier {
	return &Verifier{
		db: db, keys: keystore.New(db), gates: gatestore.New(db, gateTTL), limits: limitstore.New(db), now: time.Now,
		parents: parents{of: map[string]pair{}},
	}
}

// FromEnv returns the verifier of the keys in the table that the environment names, with the time to
// live of gates that is in GATE_TTL.
func FromEnv(db *table.Table) *Verifier {
	return New(db, table.DurationFromEnv("GATE_TTL", gatestore.DefaultTTL))
}

// Verify answers whether the access key is good, for the tenant or for keys.AnyTenant. The request is
// valid. Whatever can't be found out is problem.Unavailable: never valid, and never a verdict. It may
// then have been charged.
func (v *Verifier) Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error) {
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return keys.Refused(api.CodeMalformed), nil
	}
	q := keys.Question{
		Tenant: tenant, Digest: presented.Digest(), ArxID: req.ArxID, Scopes: req.Scopes, IP: req.IP, Origin: req.Origin, Cost: 1,
	}
	if req.Cost != nil {
		q.Cost = *req.Cost
	}
	decision, err := v.decide(ctx, api.KeyPrefix+presented.ID(), q)
	if err != nil {
		return api.Verification{}, undecided(err)
	}
	if decision.Charge == nil {
		return decision.Verdict, nil
	}
	spent, err := v.limits.Charge(ctx, *decision.Charge)
	if err != nil {
		return api.Verification{}, undecided(err)
	}
	return decision.After(spent), nil
}

// decide reads what the decision takes, and makes it.
func (v *Verifier) decide(ctx context.Context, id string, q keys.Question) (keys.Decision, error) {
	credential, lookup, items, err := v.read(ctx, id)
	if err != nil {
		return keys.Decision{}, err
	}
	q.At = v.now() // after the read: what has passed by now has passed
	if !credential.Knows(q) {
		return keys.Decision{Verdict: keys.Refused(api.CodeNotFound)}, nil
	}
	var app keys.ApplicationGate
	var arx keys.ArxGate
	if lookup != nil {
		app, arx, err = lookup.Found(items)
	} else {
		v.parents.put(id, pair{credential.ApplicationID, credential.ArxID})
		app, arx, err = v.gates.Find(ctx, credential.ApplicationID, credential.ArxID)
	}
	if err != nil {
		return keys.Decision{}, err
	}
	return keys.Decide(credential, app, arx, q), nil
}

// read reads the credential; where the key's parents are known, with what is missing of their gates.
// Otherwise there is no lookup: an unknown key's gates are nobody's business.
func (v *Verifier) read(ctx context.Context, id string) (keys.Credential, *gatestore.Lookup, []table.Item, error) {
	of, known := v.parents.get(id)
	if !known {
		credential, err := v.keys.Credential(ctx, id)
		return credential, nil, nil, err
	}
	lookup := v.gates.Lookup(of.application, of.arx)
	missing := lookup.Missing()
	if len(missing) == 0 {
		credential, err := v.keys.Credential(ctx, id)
		return credential, &lookup, nil, err
	}
	at := table.Credential(id)
	items, err := v.db.GetAll(ctx, append(missing, at))
	if err != nil {
		return keys.Credential{}, nil, nil, fmt.Errorf("read %s and its gates: %w", id, err)
	}
	var credential keys.Credential
	for _, item := range items {
		if item.Key() == at {
			credential = keystore.DecodeCredential(item)
		}
	}
	return credential, &lookup, items, nil
}

func undecided(err error) error {
	if problem.Is(err, problem.Unavailable) {
		return err
	}
	return problem.Busy(err)
}
