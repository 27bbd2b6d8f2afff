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
	Metadata      json.RawMessage
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

// Question is what a verification asks.
type Question struct {
	Tenant string // of who asks
	Digest accesskey.Digest
	ArxID  string   // the Arx that the caller stands for; empty: any
	Scopes []string // that the key has to be good for
	Origin string   // of who presented the key
	At     time.Time
}

// Knows reports whether the credential is the one that the question is about: a digest of it
// matches, the older one only during the overlap, its tenant is the caller's, and it is not deleted.
// Nothing is told of any other.
func (c Credential) Knows(q Question) bool {
	newest, older := q.Digest.Matches(c.Digest), q.Digest.Matches(c.OldDigest)
	overlaps := c.OverlapUntil != nil && q.At.Before(*c.OverlapUntil)
	return (newest || older && overlaps) && c.Tenant == q.Tenant && c.State != api.KeyDeleted
}

// Decide answers the question. It is the one place where a key is found good: everything that may
// speak against it is asked first, in the order in which the codes are listed.
func Decide(c Credential, app ApplicationGate, arx ArxGate, q Question) api.Verification {
	if !c.Knows(q) || arx.ID != c.ArxID || app.ID != c.ApplicationID || arx.Status == api.ArxDeleted {
		return Refused(api.CodeNotFound)
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
	case !app.allows(q.Origin):
		code = api.CodeOriginNotAllowed
	case !grants(c.Scopes, q.Scopes):
		code = api.CodeInsufficientScope
	}
	metadata := c.Metadata
	if len(metadata) == 0 {
		metadata = json.RawMessage("{}")
	}
	return api.Verification{
		Valid: code == api.CodeValid, Code: code,
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
