package keys

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Credential is what verification needs of an API key.
type Credential struct {
	ID            string
	Tenant        string
	Name          string
	ApplicationID string
	ArxID         string
	Digest        []byte // SHA-256 of the newest access key; nil once deleted
	OldDigest     []byte // of the previous access key, valid until OverlapUntil
	OverlapUntil  *time.Time
	State         api.KeyStatus
	ExpiresAt     *time.Time
	Scopes        []string
	Limits
	Metadata json.RawMessage
}

// ApplicationGate is what verification needs of an application.
type ApplicationGate struct {
	ID             string
	Name           string
	Status         api.ApplicationStatus
	Technology     api.Technology
	AllowedOrigins []string
}

// ArxGate is what verification needs of an Arx.
type ArxGate struct {
	ID         string
	Name       string
	Status     api.ArxStatus
	Purpose    api.Purpose
	Endpoint   string
	Regions    []string
	Encryption api.Encryption
}

// AnyTenant is the tenant of a caller that may verify the keys of all tenants. It is not a valid tenant
// name.
const AnyTenant = "*"

// Question is the input of a verification.
type Question struct {
	Tenant string // of the caller; AnyTenant for all
	Digest accesskey.Digest
	ArxID  string   // the Arx that the caller serves; empty for any
	Scopes []string // that the key must grant
	IP     string   // of the client that presented the key
	Origin string   // of the client that presented the key
	Cost   int      // uses to charge
	At     time.Time
}

// Knows reports whether the credential is the one in question: one of its digests matches (the older one
// only during the overlap), its tenant is the caller's, and it is not deleted. Any other credential is
// treated as not found, so that the caller learns nothing about it.
func (c Credential) Knows(q Question) bool {
	return c.presented(q) != neither && (q.Tenant == AnyTenant || c.Tenant == q.Tenant) && c.State != api.KeyDeleted
}

// Older reports whether the presented access key is the previous one, in its overlap.
func (c Credential) Older(q Question) bool { return c.presented(q) == older }

type presented int

const (
	neither presented = iota
	newest
	older
)

// presented compares both digests in constant time, whether or not the first matches.
func (c Credential) presented(q Question) presented {
	isNewest, isOlder := q.Digest.Matches(c.Digest), q.Digest.Matches(c.OldDigest)
	switch overlaps := c.OverlapUntil != nil && q.At.Before(*c.OverlapUntil); {
	case isNewest:
		return newest
	case isOlder && overlaps:
		return older
	}
	return neither
}

// Decision is the answer to a question. If a limit must be charged, the verdict is not valid and has no
// code until After completes it, so that forgetting the charge never lets a key pass.
type Decision struct {
	Verdict api.Verification
	Charge  *Charge // nil if the verdict is final
}

// After returns the final verdict, given the result of the charge.
func (d Decision) After(s Spent) api.Verification {
	v := d.Verdict
	if d.Charge == nil {
		return v
	}
	v.Valid, v.Code = s.Code == api.CodeValid, s.Code
	d.Charge.tell(&v, s)
	return v
}

// Decide answers the question. It is the only place that accepts a key: it checks everything that can
// refuse the key in the order in which the codes are listed, and the limits last.
func Decide(c Credential, app ApplicationGate, arx ArxGate, q Question) Decision {
	if !c.Knows(q) || arx.ID != c.ArxID || app.ID != c.ApplicationID || arx.Status == api.ArxDeleted {
		return Decision{Verdict: Refused(api.CodeNotFound)}
	}
	code := api.CodeValid
	switch {
	case c.State != api.KeyActive:
		code = api.CodeDisabled
	case expired(c.ExpiresAt, q.At):
		code = api.CodeExpired
	case q.ArxID != "" && q.ArxID != c.ArxID:
		code = api.CodeWrongArx
	case app.Status != api.ApplicationActive:
		code = api.CodeApplicationInactive
	case arx.Status != api.ArxActive:
		code = api.CodeArxInactive
	case !c.admits(q.IP):
		code = api.CodeIPNotAllowed
	case !app.allows(q.Origin):
		code = api.CodeOriginNotAllowed
	case !grants(c.Scopes, q.Scopes):
		code = api.CodeInsufficientScope
	}
	d := Decision{Verdict: c.tell(app, arx)}
	if code == api.CodeValid && (c.Rate != nil || c.Uses != nil) {
		d.Charge = &Charge{KeyID: c.ID, Rate: c.Rate, Uses: c.Uses, Cost: max(1, q.Cost), At: q.At}
		return d
	}
	d.Verdict.Valid, d.Verdict.Code = code == api.CodeValid, code
	return d
}

// tell returns the description of a known key, without a verdict.
func (c Credential) tell(app ApplicationGate, arx ArxGate) api.Verification {
	metadata := c.Metadata
	if len(metadata) == 0 {
		metadata = json.RawMessage("{}")
	}
	return api.Verification{
		Key:         &api.VerifiedKey{ID: c.ID, Name: c.Name, Scopes: c.Scopes, Metadata: metadata, ExpiresAt: c.ExpiresAt},
		Application: &api.VerifiedApplication{ID: app.ID, Name: app.Name},
		Arx: &api.VerifiedArx{
			ID: arx.ID, Name: arx.Name, Purpose: arx.Purpose, Endpoint: arx.Endpoint,
			Regions: arx.Regions, Encryption: arx.Encryption,
		},
		Tenant: c.Tenant,
	}
}

// Refused returns a verdict with only a code.
func Refused(code api.Code) api.Verification { return api.Verification{Code: code} }

// allows reports whether the application may be called from the origin. Only a server, which has no
// origins, needs none. An unknown technology is treated as a client.
func (a ApplicationGate) allows(origin string) bool {
	return a.Technology == api.Server || slices.Contains(a.AllowedOrigins, origin)
}

// grants reports whether the key's scopes include every wanted one. A key's scope that ends in * grants all
// scopes with the prefix before it. A * elsewhere, or in a wanted scope, is an ordinary character.
func grants(has, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(want string) bool {
		return !slices.ContainsFunc(has, func(scope string) bool {
			if prefix, ok := strings.CutSuffix(scope, "*"); ok && strings.HasPrefix(want, prefix) {
				return true
			}
			return scope == want
		})
	})
}
