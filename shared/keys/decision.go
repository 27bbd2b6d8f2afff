package keys

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Credential is what verification knows of an API key.
type Credential struct {
	ID            string
	Tenant        string
	Name          string
	ApplicationID string
	ArxID         string
	Digest        []byte // SHA-256 of the newest access key; nil once deleted
	OldDigest     []byte // of the one before it, which is good until OverlapUntil
	OverlapUntil  *time.Time
	State         api.KeyStatus
	ExpiresAt     *time.Time
	Scopes        []string
	Limits
	Metadata json.RawMessage
}

// ApplicationGate is what verification knows of an application.
type ApplicationGate struct {
	ID             string
	Name           string
	Status         api.ApplicationStatus
	Technology     api.Technology
	AllowedOrigins []string
}

// ArxGate is what verification knows of an Arx.
type ArxGate struct {
	ID         string
	Name       string
	Status     api.ArxStatus
	Purpose    api.Purpose
	Endpoint   string
	Regions    []string
	Encryption api.Encryption
}

// AnyTenant is the tenant of whoever may ask for the keys of all. No tenant has this name.
const AnyTenant = "*"

// Question is what a verification asks.
type Question struct {
	Tenant string // of who asks; AnyTenant: of nobody in particular
	Digest accesskey.Digest
	ArxID  string   // the Arx that the caller stands for; empty: any
	Scopes []string // that the key has to be good for
	IP     string   // of who presented the key
	Origin string   // likewise
	Cost   int      // of the uses that are left
	At     time.Time
}

// Knows reports whether the credential is the one that the question is about: a digest of it
// matches, the older one only during the overlap, its tenant is the caller's, and it is not deleted.
// Nothing is told of any other.
func (c Credential) Knows(q Question) bool {
	return c.presented(q) != neither && (q.Tenant == AnyTenant || c.Tenant == q.Tenant) && c.State != api.KeyDeleted
}

// Older reports whether what was presented is the access key before the newest, in its overlap.
func (c Credential) Older(q Question) bool { return c.presented(q) == older }

type presented int

const (
	neither presented = iota
	newest
	older
)

// presented compares both digests, whichever matches, in constant time.
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

// Decision is the answer to a question. Where a limit is to be charged, the verdict is not valid and
// has no code until the charge is done: nobody can pass by forgetting it.
type Decision struct {
	Verdict api.Verification
	Charge  *Charge // nil: nothing is to be charged, and the verdict is final
}

// After returns the verdict once it was tried to charge.
func (d Decision) After(s Spent) api.Verification {
	v := d.Verdict
	if d.Charge == nil {
		return v
	}
	v.Valid, v.Code = s.Code == api.CodeValid, s.Code
	d.Charge.tell(&v, s)
	return v
}

// Decide answers the question. It is the one place where a key is found good: everything that may
// speak against it is asked first, in the order in which the codes are listed, and the limits last.
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

// tell returns what is told of a known key, without a verdict.
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

// Refused returns the verdict that tells nothing but its code.
func Refused(code api.Code) api.Verification { return api.Verification{Code: code} }

// allows reports whether the application may be called from the origin. Only a server, which has no
// origins, needs none; a technology that is unknown is treated as a client.
func (a ApplicationGate) allows(origin string) bool {
	return a.Technology == api.Server || slices.Contains(a.AllowedOrigins, origin)
}

// grants reports whether every wanted scope is among those that the key has. A key's scope that
// ends in * grants all that begin with what stands before it; elsewhere a * is a character like any
// other, and so it is in a wanted scope.
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
