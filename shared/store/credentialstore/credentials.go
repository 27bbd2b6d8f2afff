// Package credentialstore reads what verification knows of API keys: their credentials. They are
// written by keystore, together with all that else is kept of a key.
//
// It stands by itself so that verification is linked with nothing that only lists need.
package credentialstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// The attributes of a credential that verification reads.
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

// Find returns what verification knows of the key with the id, of whatever tenant. Where there is none
// the answer is the zero Credential, which nobody can match.
func Find(ctx context.Context, db *table.Table, id string) (keys.Credential, error) {
	item, err := db.Get(ctx, table.Credential(id))
	if err != nil {
		return keys.Credential{}, fmt.Errorf("read the credential of %s: %w", id, err)
	}
	return Decode(item), nil
}

// Decode returns what verification needs of the credential. Of none it is the zero Credential.
func Decode(item table.Item) keys.Credential {
	return keys.Credential{
		ID: item.String(ID), Tenant: item.String(Tenant), Name: item.String(Name),
		ApplicationID: item.String(ApplicationID), ArxID: item.String(ArxID), Digest: item.Bytes(Digest),
		OldDigest: item.Bytes(OldDigest), OverlapUntil: item.OptionalTime(OverlapUntil),
		State: api.KeyStatus(item.String(State)), ExpiresAt: item.OptionalTime(ExpiresAt),
		Scopes: item.Strings(Scopes), Metadata: json.RawMessage(item.String(Metadata)), Limits: DecodeLimits(item),
	}
}

// DecodeLimits returns the limits that the credential names.
func DecodeLimits(item table.Item) keys.Limits {
	limits := keys.Limits{Uses: item.OptionalInt(Uses), AllowedIPs: item.Strings(AllowedIPs)}
	if limit := item.OptionalInt(RateLimit); limit != nil {
		limits.Rate = &api.RateLimit{Limit: *limit, WindowSeconds: item.Int(RateWindow)}
	}
	return limits
}
