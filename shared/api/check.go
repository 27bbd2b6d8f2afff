package api

import (
	"net/netip"
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// CheckRequest is the question of a gateway: may the caller that presented an access key pass? The Arx is in
// the path that the gateway's configuration begins with. Everything else is in headers that the
// configuration sets, so that a caller cannot. The query and the rest of the path are the caller's, and are
// ignored, as is a body.
type CheckRequest struct {
	ArxID string `path:"arx_id"` // The Arx that the gateway serves, or * for any. Keys of other Arxes are refused.
	// The Arx again, or *. A check whose path names another is refused: a server before this one may have resolved .. in
	// a path to which the gateway appended its caller's.
	Arx string `header:"x-arxkeys-arx"`
	// Name of the header with the access key. The default is x-api-key. Bearer before the key is removed.
	KeyHeader string `header:"x-arxkeys-key-header"`
	// Scopes that the key must grant, all of them, separated by spaces.
	Scopes string `header:"x-arxkeys-scopes"`
	// IP address of the client that presented the key. Required for keys with allowed_ips. X-Forwarded-For is never read.
	ClientIP string `header:"x-arxkeys-client-ip"`
	// Origin header of the client that presented the key, which may be empty. Required for keys of client applications.
	Origin string `header:"x-arxkeys-origin" empty:"the client sent none"`
	// 403 if keys over their limits are to get 403 instead of 429, for gateways that cannot pass 429 on, such as nginx.
	Limited string `header:"x-arxkeys-limited"`
}

// Headers of a check's response. The first is in every response, the others only in one with the status 200.
const (
	CheckCodeHeader          = "X-Arxkeys-Code"
	CheckKeyIDHeader         = "X-Arxkeys-Key-Id"
	CheckApplicationHeader   = "X-Arxkeys-Application"
	CheckArxHeader           = "X-Arxkeys-Arx"
	CheckTenantHeader        = "X-Arxkeys-Tenant"
	CheckGrantedScopesHeader = "X-Arxkeys-Granted-Scopes"
)

// CheckCode says why a check has its status. It is the Code of the verdict or, without one, one of these.
type CheckCode string

// The codes of checks without a verdict.
const (
	CheckDirectCall        CheckCode = "DIRECT_CALL"        // 500: the gateway calls an address that accepts no calls
	CheckGatewayCredential CheckCode = "GATEWAY_CREDENTIAL" // 500: the gateway's management key is missing or invalid
	CheckGatewayRole       CheckCode = "GATEWAY_ROLE"       // 500: the gateway's management key has another role than verifier
	CheckGatewaySetting    CheckCode = "GATEWAY_SETTING"    // 500: the Arx or a header of the gateway's configuration is wrong
	CheckNoKey             CheckCode = "NO_KEY"             // 401: the caller sent no access key
	CheckTwoKeys           CheckCode = "TWO_KEYS"           // 401: the caller sent more than one access key
	CheckUndecided         CheckCode = "UNDECIDED"          // 503: the check itself failed
)

// CheckCodes returns all codes of checks, in the order in which they are decided.
func CheckCodes() []CheckCode {
	codes := []CheckCode{CheckDirectCall, CheckGatewayCredential, CheckGatewayRole, CheckGatewaySetting, CheckNoKey, CheckTwoKeys}
	for _, c := range Codes() {
		codes = append(codes, CheckCode(c))
	}
	return append(codes, CheckUndecided)
}

const (
	anyArx            = "*"
	defaultKeyHeader  = "x-api-key"
	limitedForbidden  = "403"
	settingPrefix     = "x-arxkeys-"
	gatewayCredential = "authorization"
	maxHeaderChars    = 64
	headerCharacters  = lowerAndDigits + "-_"
)

// Validate returns problem.InvalidField with all wrong settings. It accepts any origin: that is the caller's
// text, which the verdict handles.
func (r CheckRequest) Validate() error {
	var c check
	if r.ArxID != anyArx {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	if r.Arx != "" && r.Arx != r.ArxID {
		c.add("x-arxkeys-arx", "invalid", "must be the Arx of the path.")
	}
	if r.KeyHeader != "" {
		switch name := strings.ToLower(r.KeyHeader); {
		case !madeOf(name, headerCharacters, maxHeaderChars):
			c.add("x-arxkeys-key-header", "invalid", "the name of one header.")
		case name == gatewayCredential || strings.HasPrefix(name, settingPrefix):
			c.add("x-arxkeys-key-header", "invalid", "must not be authorization or a header that begins with x-arxkeys-. They are the gateway's own.")
		}
	}
	if r.Scopes != "" {
		c.checkScopes(r.Scopes)
	}
	if r.ClientIP != "" {
		if _, err := netip.ParseAddr(r.ClientIP); err != nil {
			c.add("x-arxkeys-client-ip", "invalid", "exactly one IPv4 or IPv6 address, without a port, such as 203.0.113.7.")
		}
	}
	if r.Limited != "" && r.Limited != limitedForbidden {
		c.add("x-arxkeys-limited", "invalid", "must be 403. Omit it for 429.")
	}
	return c.err()
}

// checkScopes reports wrong scopes without their text.
func (c *check) checkScopes(text string) {
	var wrong check
	scopes := strings.Fields(text)
	if wrong.scopes("x-arxkeys-scopes", scopes); len(scopes) == 0 || len(wrong.fields) > 0 {
		c.fields = append(c.fields, problem.Field{Field: "x-arxkeys-scopes", Code: "invalid", Detail: "1 to 50 different scopes, separated by spaces, such as invoices:read quotes:read."})
	}
}

// KeyIn returns the name of the header with the access key.
func (r CheckRequest) KeyIn() string {
	if r.KeyHeader == "" {
		return defaultKeyHeader
	}
	return r.KeyHeader
}

// ForbidsLimited reports whether a key over its limits gets 403 instead of 429.
func (r CheckRequest) ForbidsLimited() bool { return r.Limited == limitedForbidden }

// Verifying returns the verification that answers the question. The request is valid.
func (r CheckRequest) Verifying(key ClearText) VerifyKeyRequest {
	v := VerifyKeyRequest{Key: key, Scopes: strings.Fields(r.Scopes), IP: r.ClientIP, Origin: r.Origin}
	if r.ArxID != anyArx {
		v.ArxID = r.ArxID
	}
	return v
}

// AnyMethod is the method of Check.
const AnyMethod = "ANY"

// CheckFurther is the other path of Check, for gateways that append the path of the caller's request.
const CheckFurther = "/v1/check/{arx_id}/{path+}"

// Check verifies the access key of a gateway's caller, and tells the verdict as a status.
//
// It is not one of Operations, because it keeps none of their rules: it serves every method and a path
// without an end, takes its parameters from headers, ignores whatever else the caller sent, and answers in
// headers. A refusal of the gateway itself is a 500, because 401 and 403 are about the access key.
var Check = Operation[CheckRequest, Nothing]{
	Name: "check", Method: AnyMethod, Path: "/v1/check/{arx_id}", Permission: CheckKeys, Status: 200,
	Summary: "Check the access key of a gateway's caller.",
}
