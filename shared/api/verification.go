package api

import (
	"encoding/json"
	"net/netip"
	"time"
	"unicode/utf8"
)

// Code is what a verification decided. The codes are listed in the order in which they are
// decided: the first cause that applies is told.
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

// Codes returns the codes, in the order in which they are decided.
func Codes() []Code {
	return []Code{CodeMalformed, CodeNotFound, CodeDisabled, CodeExpired, CodeWrongArx, CodeApplicationInactive,
		CodeArxInactive, CodeIPNotAllowed, CodeOriginNotAllowed, CodeInsufficientScope, CodeRateLimited, CodeUsageExhausted,
		CodeValid}
}

const maxKeyBytes = 512

// VerifyKeyRequest asks whether an access key is good for what is about to be done.
type VerifyKeyRequest struct {
	Key    ClearText `json:"key"`              // the access key as it was presented
	ArxID  string    `json:"arx_id,omitempty"` // the Arx that the caller stands for; a key of another is refused
	Scopes []string  `json:"scopes,omitempty"` // what the key has to be good for; all of them
	IP     string    `json:"ip,omitempty"`     // address of who presented the key; needed by keys with allowed_ips
	Origin string    `json:"origin,omitempty"` // Origin header of who presented the key; needed by client applications
	Cost   *int      `json:"cost,omitempty"`   // of the uses that are left, how many this takes: 1 where left out
}

// Validate answers what is wrong with the fields. A key of the wrong form is not wrong here: that
// is a verdict. Nothing of the request is stored, and ip and origin are what a stranger sent: other
// fields than key may contain an access key, and are judged by the verdict.
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

// Verification is the verdict on an access key. Only for a known key, one whose digest matches and
// whose tenant is the caller's, does it tell more than the code. What is left of the limits is told
// where it was found out: by what passed, and by what a limit refused. Any other refusal charges
// nothing and does not look.
type Verification struct {
	Valid       bool                 `json:"valid"`
	Code        Code                 `json:"code"`
	Key         *VerifiedKey         `json:"key,omitempty"`
	Application *VerifiedApplication `json:"application,omitempty"`
	Arx         *VerifiedArx         `json:"arx,omitempty"`

	RateLimit     *RateLimitState `json:"rate_limit,omitempty"`
	RemainingUses *int            `json:"remaining_uses,omitempty"`

	// Tenant is the known key's. Who asks over HTTPS asks for their own: it is for an authorizer that
	// stands for any.
	Tenant string `json:"-"`
}

// RateLimitFields returns what is left of the rate limit as header fields, empty where it is not
// told.
func (v Verification) RateLimitFields() (policy, limit string) {
	if v.RateLimit == nil {
		return "", ""
	}
	return v.RateLimit.HeaderFields()
}

// VerifiedKey is what a verification tells of the API key.
type VerifiedKey struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Scopes    []string        `json:"scopes"`
	Metadata  json.RawMessage `json:"metadata"`
	ExpiresAt *time.Time      `json:"expires_at"`
}

// VerifiedApplication is what a verification tells of the application.
type VerifiedApplication struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// VerifiedArx is what a verification tells of the Arx.
type VerifiedArx struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Purpose    Purpose    `json:"purpose"`
	Endpoint   string     `json:"endpoint"`
	Regions    []string   `json:"regions"`
	Encryption Encryption `json:"encryption_method"`
}

// VerifyKey is the operation that other systems call on every request of theirs.
var VerifyKey = Operation[VerifyKeyRequest, Verification]{
	Name: "keys.verify", Method: "POST", Path: "/v1/keys/verify", Permission: VerifyKeys, Status: 200,
	Summary: "Verify an access key.",
}
