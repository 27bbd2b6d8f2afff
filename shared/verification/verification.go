// Package verification finds out whether an access key is good. It is what POST /v1/keys/verify and
// the Lambda authorizer share: they differ in who asks, and in how the verdict is told.
//
// A warm verification makes one round trip: a strongly consistent read of the credential, with the
// gates of its parents where those that are kept are too old. A key of the wrong form costs none, and
// one with a limit costs a second one, if all else has passed and the limit is not known to be used up.
package verification

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Connections is how many calls of DynamoDB a verification makes at once: one after the other.
const Connections = 1

// Verifier verifies access keys. It is safe for concurrent use.
type Verifier struct {
	db      *table.Table
	gates   *gatestore.Gates
	limits  *limitstore.Limits
	uses    *usestore.Recorder // nil: nobody counts
	now     func() time.Time
	parents parents
}

// New returns the verifier of the keys in the table, which counts nothing. A change of an application or an Arx may go
// unnoticed for the ttl (0: it does not); one of a key never does.
func New(db *table.Table, gateTTL time.Duration) *Verifier {
	return &Verifier{
		db: db, gates: gatestore.New(db, gateTTL), limits: limitstore.New(db), now: time.Now,
		parents: parents{of: map[string]pair{}},
	}
}

// FromEnv returns the verifier of the keys in the table that the environment names, with the time to
// live of gates that is in GATE_TTL. It counts the uses of keys, and writes them; see End.
func FromEnv(db *table.Table) *Verifier {
	v := New(db, table.DurationFromEnv("GATE_TTL", gatestore.DefaultTTL))
	v.uses = usestore.NewRecorder(db, time.Now, nil)
	return v
}

// Verify answers whether the access key is good, for the tenant or for keys.AnyTenant. The request is
// valid. Whatever can't be found out is problem.Unavailable: never valid, and never a verdict. It may
// then have been charged. What was found out is counted.
func (v *Verifier) Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error) {
	return v.VerifyPrefetched(ctx, tenant, req, nil)
}

// VerifyPrefetched is Verify, and does not read again what was prefetched.
func (v *Verifier) VerifyPrefetched(ctx context.Context, tenant string, req api.VerifyKeyRequest, prefetched *Prefetch) (api.Verification, error) {
	verdict, older, err := v.verdict(ctx, tenant, req, prefetched)
	if err == nil {
		v.count(tenant, req, verdict, older)
	}
	if v.uses.Due() {
		after.Response(ctx, v.uses.Write)
	}
	return verdict, err
}

// verdict also says whether the access key is the older one of an overlap.
func (v *Verifier) verdict(ctx context.Context, tenant string, req api.VerifyKeyRequest, prefetched *Prefetch) (verdict api.Verification, older bool, err error) {
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return keys.Refused(api.CodeMalformed), false, nil
	}
	q := keys.Question{
		Tenant: tenant, Digest: presented.Digest(), ArxID: req.ArxID, Scopes: req.Scopes, IP: req.IP, Origin: req.Origin, Cost: 1,
	}
	if req.Cost != nil {
		q.Cost = *req.Cost
	}
	decision, older, err := v.decide(ctx, api.KeyPrefix+presented.ID(), q, prefetched)
	if err != nil {
		return api.Verification{}, false, undecided(err)
	}
	if decision.Charge == nil {
		return decision.Verdict, older, nil
	}
	spent, err := v.limits.Charge(ctx, *decision.Charge)
	if err != nil {
		return api.Verification{}, false, undecided(err)
	}
	return decision.After(spent), older, nil
}

// count counts the verdict: for the key and all of which it is a part or, where nobody knows the
// access key, for who asks.
func (v *Verifier) count(tenant string, req api.VerifyKeyRequest, verdict api.Verification, older bool) {
	u := usage.Use{Tenant: tenant, Code: verdict.Code, Older: older, At: v.now()}
	switch {
	case verdict.Key != nil:
		u.Tenant, u.KeyID, u.ApplicationID, u.ArxID = verdict.Tenant, verdict.Key.ID, verdict.Application.ID, verdict.Arx.ID
		u.LastFour = string(req.Key[len(req.Key)-4:])
	case tenant == keys.AnyTenant:
		return
	}
	v.uses.Count(u)
}

// End writes what was counted. It is for the end of the environment, and takes 400 ms at most.
func (v *Verifier) End() {
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	v.uses.Flush(ctx)
}

// endTimeout is less than the 500 ms that Lambda leaves between SIGTERM and the end.
const endTimeout = 400 * time.Millisecond

// decide reads what the decision takes, and makes it. It also says whether the access key is the older
// one of an overlap.
func (v *Verifier) decide(ctx context.Context, id string, q keys.Question, prefetched *Prefetch) (decision keys.Decision, older bool, err error) {
	r, err := v.read(ctx, id, prefetched)
	if err != nil {
		return keys.Decision{}, false, err
	}
	credential := r.credential
	q.At = v.now() // after the read: what has passed by now has passed
	if !credential.Knows(q) {
		return keys.Decision{Verdict: keys.Refused(api.CodeNotFound)}, false, nil
	}
	var app keys.ApplicationGate
	var arx keys.ArxGate
	if r.lookup != nil {
		app, arx, err = r.lookup.Found(r.items)
	} else {
		v.parents.put(id, pair{credential.ApplicationID, credential.ArxID})
		app, arx, err = v.gates.Find(ctx, credential.ApplicationID, credential.ArxID)
	}
	if err != nil {
		return keys.Decision{}, false, err
	}
	return keys.Decide(credential, app, arx, q), credential.Older(q), nil
}

func undecided(err error) error {
	if problem.Is(err, problem.Unavailable) {
		return err
	}
	return problem.Busy(err)
}
