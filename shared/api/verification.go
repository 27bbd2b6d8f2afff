package api

import (
	"encoding/json"
	"net/netip"
	"time"
	"unicode/utf8"
)

// Code is the result of a verification. The codes are listed in the order in which they are checked; the
// first one that applies is returned.
type Code string

// The codes.
const (
	CodeMalformed           Code = "MALFORMED"
	CodeNotFound            Code = "NOT_FOUND"
	CodeDisabled            Code = "DISABLED"
	CodeExpired             Code = "EXPIRED"
	CodeWrongArx            Code = "WRONG_ARX"
	CodeApplicationInactive Code = "APPLICATION_INACTIVE"
	CodeArxInactive         Code = "ARX_INACTIVE"
	CodeIPNotAllowed        Code = "IP_NOT_ALLOWED"
	CodeOriginNotAllowed    Code = "ORIGIN_NOT_ALLOWED"
	CodeInsufficientScope   Code = "INSUFFICIENT_SCOPE"
	CodeRateLimited         Code = "RATE_LIMITED"
	CodeUsageExhausted      Code = "USAGE_EXHAUSTED"
	CodeValid               Code = "VALID"
)

// Codes returns the codes in the order in which they are checked.
func Codes() []Code {
	return []Code{CodeMalformed, CodeNotFound, CodeDisabled, CodeExpired, CodeWrongArx, CodeApplicationInactive,
		CodeArxInactive, CodeIPNotAllowed, CodeOriginNotAllowed, CodeInsufficientScope, CodeRateLimited, CodeUsageExhausted,
		CodeValid}
}

const maxKeyBytes = 512

// VerifyKeyRequest verifies that an access key is valid for a request.
type VerifyKeyRequest struct {
	Key    ClearText `json:"key"`              // The access key as presented.
	ArxID  string    `json:"arx_id,omitempty"` // The Arx that the caller serves. Keys of other Arxes are refused.
	Scopes []string  `json:"scopes,omitempty"` // Scopes that the key must grant, all of them.
	// IP address of the client that presented the key. Required for keys with allowed_ips.
	IP string `json:"ip,omitempty"`
	// Origin header of the client that presented the key. Required for keys of client applications.
	Origin string `json:"origin,omitempty"`
	Cost   *int   `json:"cost,omitempty"` // Uses to charge. The default is 1.
}

// Validate returns problem.InvalidField with all wrong fields. It accepts a malformed key, which results in
// a verdict. The request is not stored, and ip and origin come from the client, so these fields may contain
// an access key; the verdict handles them.
func (r VerifyKeyRequest) Validate() error {
	var c check
	switch {
	case r.Key == "":
		c.add("key", "required", "the access key as it was presented.")
	case len(r.Key) > maxKeyBytes:
		c.add("key", "too_long", "at most %d bytes.", maxKeyBytes)
	}
	if r.ArxID != "" {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	c.scopes("scopes", r.Scopes)
	if r.IP != "" {
		if _, err := netip.ParseAddr(r.IP); err != nil {
			c.add("ip", "invalid", "an IPv4 or IPv6 address, such as 203.0.113.7.")
		}
	}
	if utf8.RuneCountInString(r.Origin) > MaxURLRunes {
		c.add("origin", "too_long", "at most %d characters.", MaxURLRunes)
	}
	if r.Cost != nil && (*r.Cost < 1 || *r.Cost > MaxUses) {
		c.add("cost", "out_of_range", "from 1 to %d.", MaxUses)
	}
	return c.err()
}

// Verification is the verdict on an access key. It contains more than the code only for a known key: its
// digest matches, and its tenant is the caller's. The remaining limits are returned if the verification
// passed or a limit refused it; other refusals charge nothing and do not read the limits.
type Verification struct {
	Valid       bool                 `json:"valid"`
	Code        Code                 `json:"code"`
	Key         *VerifiedKey         `json:"key,omitempty"`
	Application *VerifiedApplication `json:"application,omitempty"`
	Arx         *VerifiedArx         `json:"arx,omitempty"`

	RateLimit     *RateLimitState `json:"rate_limit,omitempty"`
	RemainingUses *int            `json:"remaining_uses,omitempty"`

	// Tenant is the tenant of a known key. It is for authorizers that serve all tenants; callers of the API
	// can only verify keys of their own tenant.
	Tenant string `json:"-"`
}

// VerdictCode returns the code of the verdict.
func (v Verification) VerdictCode() Code { return v.Code }

// RateLimitFields returns the state of the rate limit as headers, or "" without one.
func (v Verification) RateLimitFields() (policy, limit string) {
	if v.RateLimit == nil {
		return "", ""
	}
	return v.RateLimit.HeaderFields()
}

// VerifiedKey is the API key in a verdict.
type VerifiedKey struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Scopes    []string        `json:"scopes"`
	Metadata  json.RawMessage `json:"metadata"`
	ExpiresAt *time.Time      `json:"expires_at"`
}

// VerifiedApplication is the application in a verdict.
type VerifiedApplication struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// VerifiedArx is the Arx in a verdict.
type VerifiedArx struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Purpose    Purpose    `json:"purpose"`
	Endpoint   string     `json:"endpoint"`
	Regions    []string   `json:"regions"`
	Encryption Encryption `json:"encryption_method"`
}

// VerifyKey is the operation that customers call on each of their requests.
var VerifyKey = Operation[VerifyKeyRequest, Verification]{
	Name: "keys.verify", Method: "POST", Path: "/v1/keys/verify", Permission: VerifyKeys, Status: 200,
	Summary: "Verify an access key.",
}
