// Package credentialstore reads what verification needs of API keys: their credentials. Package keystore
// writes them, with everything else that is stored of a key.
//
// It is a package of its own so that verification does not link the code that lists keys.
package credentialstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Attributes of a credential that verification reads.
const (
	ID            = "id"
	Tenant        = "tenant"
	Name          = "name"
	ApplicationID = "application"
	ArxID         = "arx"
	Digest        = "digest"
	OldDigest     = "old_digest"
	State         = "state"
	ExpiresAt     = "expires_at"
	OverlapUntil  = "overlap_until"
	Scopes        = "scopes"
	Metadata      = "metadata"
	RateLimit     = "rate_limit"
	RateWindow    = "rate_window"
	Uses          = "uses"
	AllowedIPs    = "allowed_ips"
)

// Find returns the credential of the key with the id, of any tenant. If there is none it returns the zero
// Credential, which no access key matches.
func Find(ctx context.Context, db *table.Table, id string) (keys.Credential, error) {
	item, err := db.Get(ctx, table.Credential(id))
	if err != nil {
		return keys.Credential{}, fmt.Errorf("read the credential of %s: %w", id, err)
	}
	return Decode(item), nil
}

// Decode returns the credential from its item. It returns the zero Credential for a nil item.
func Decode(item table.Item) keys.Credential {
	return keys.Credential{
		ID: item.String(ID), Tenant: item.String(Tenant), Name: item.String(Name),
		ApplicationID: item.String(ApplicationID), ArxID: item.String(ArxID), Digest: item.Bytes(Digest),
		OldDigest: item.Bytes(OldDigest), OverlapUntil: item.OptionalTime(OverlapUntil),
		State: api.KeyStatus(item.String(State)), ExpiresAt: item.OptionalTime(ExpiresAt),
		Scopes: item.Strings(Scopes), Metadata: json.RawMessage(item.String(Metadata)), Limits: DecodeLimits(item),
	}
}

// DecodeLimits returns the limits in the credential's item.
func DecodeLimits(item table.Item) keys.Limits {
	limits := keys.Limits{Uses: item.OptionalInt(Uses), AllowedIPs: item.Strings(AllowedIPs)}
	if limit := item.OptionalInt(RateLimit); limit != nil {
		limits.Rate = &api.RateLimit{Limit: *limit, WindowSeconds: item.Int(RateWindow)}
	}
	return limits
}
