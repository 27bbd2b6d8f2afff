package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

type handler struct {
	keys  credentials
	gates gates
	now   func() time.Time
}

type credentials interface {
	Credential(ctx context.Context, id string) (keys.Credential, error)
}

type gates interface {
	Find(ctx context.Context, applicationID, arxID string) (keys.ApplicationGate, keys.ArxGate, error)
}

// verify answers whether the access key is good. Whatever it can't find out is
// problem.Unavailable: never valid, and never a verdict.
func (h handler) verify(ctx context.Context, by auth.Principal, req api.VerifyKeyRequest) (api.Verification, error) {
	presented, err := accesskey.Parse(string(req.Key))
	if err != nil || presented.IsManagement() {
		return keys.Refused(api.CodeMalformed), nil
	}
	credential, err := h.keys.Credential(ctx, api.KeyPrefix+presented.ID())
	if err != nil {
		return api.Verification{}, undecided(err)
	}
	q := keys.Question{
		Tenant: by.Tenant, Digest: presented.Digest(), ArxID: req.ArxID, Scopes: req.Scopes, Origin: req.Origin, At: h.now(),
	}
	if !credential.Knows(q) {
		return keys.Refused(api.CodeNotFound), nil
	}
	app, arx, err := h.gates.Find(ctx, credential.ApplicationID, credential.ArxID)
	if err != nil {
		return api.Verification{}, undecided(err)
	}
	return keys.Decide(credential, app, arx, q), nil
}

func undecided(err error) error {
	if problem.Is(err, problem.Unavailable) {
		return err
	}
	return problem.Busy(err)
}
