// Package verification decides whether an access key is valid. POST /v1/keys/verify and the Lambda
// authorizer share it; they differ in who calls and how the verdict is returned.
//
// A warm verification makes one round trip: a strongly consistent read of the credential, together with
// those gates of its parents whose cache entries have expired. A malformed key needs none. A key with a
// limit needs a second one, if all other checks pass and the limit is not known to be exhausted.
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

// Verifier verifies access keys. It is safe for concurrent use.
type Verifier struct {
	db      *table.Table
	gates   *gatestore.Gates
	limits  *limitstore.Limits
	uses    *usestore.Recorder // nil if uses are not counted
	now     func() time.Time
	parents parents
}

// New returns a verifier of the keys in the table that does not count uses. A change of an application or
// an Arx takes effect after at most gateTTL (0: at once); a change of a key always takes effect at once.
func New(db *table.Table, gateTTL time.Duration) *Verifier {
	return &Verifier{
		db: db, gates: gatestore.New(db, gateTTL), limits: limitstore.New(db), now: time.Now,
		parents: parents{of: map[string]pair{}},
	}
}

// FromEnv returns a verifier with the gate TTL in GATE_TTL. It counts the uses of keys and writes them to
// the table; see End.
func FromEnv(db *table.Table) *Verifier {
	v := New(db, gatestore.TTL())
	v.uses = usestore.NewRecorder(db, time.Now, nil)
	return v
}

// Verify decides whether the access key is valid for the tenant or for keys.AnyTenant. The request is
// valid. If anything needed cannot be read or charged, Verify returns a problem with the status 503 and
// no verdict; the limits may have been charged. It counts every verdict.
func (v *Verifier) Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error) {
	return v.VerifyPrefetched(ctx, tenant, req, nil)
}

// VerifyPrefetched is Verify without reading again what was prefetched.
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

// verdict also reports whether the access key is the previous one, in its overlap.
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

// count counts the verdict for the key and its parents or, for an unknown access key, for the caller's
// tenant.
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

// End writes the counted uses, in at most 400 ms. Call it when the environment ends.
func (v *Verifier) End() {
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	v.uses.Flush(ctx)
}

// endTimeout is less than the 500 ms that Lambda allows between SIGTERM and SIGKILL.
const endTimeout = 400 * time.Millisecond

// decide reads the data for the decision and makes it. It also reports whether the access key is the
// previous one, in its overlap.
func (v *Verifier) decide(ctx context.Context, id string, q keys.Question, prefetched *Prefetch) (decision keys.Decision, older bool, err error) {
	r, err := v.read(ctx, id, prefetched)
	if err != nil {
		return keys.Decision{}, false, err
	}
	credential := r.credential
	q.At = v.now() // set after the read, so that a time that passed during the read counts
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
	if problem.IsUndecided(err) {
		return err
	}
	return problem.Busy(err)
}
