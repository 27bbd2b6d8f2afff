package keystore

import (
	"encoding/json"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Attributes of a row. Their names are short because each is stored once for the row and once for each
// copy.
const (
	rowID          = "i"
	rowName        = "n"
	rowApplication = "a"
	rowArx         = "x"
	rowEnv         = "e"
	rowLastFour    = "l"
	rowState       = "s"
	rowCounted     = "c"
	rowExpiresAt   = "p"
	rowRotateBy    = "r"
	rowOverlap     = "o"
	rowCreatedAt   = "t"
	rowUnused      = "u"
	rowRevision    = "v" // number of writes of the row; copies have none
)

// encodeCopy returns the copy of a row in an index.
func encodeCopy(at table.Key, r keys.Row) table.Item {
	item := table.NewItem(at)
	item.SetString(rowID, r.ID)
	item.SetString(rowName, r.Name)
	item.SetString(rowApplication, r.ApplicationID)
	item.SetString(rowArx, r.ArxID)
	item.SetString(rowEnv, string(r.Env))
	item.SetString(rowLastFour, r.LastFour)
	item.SetString(rowState, string(r.State))
	item.SetString(rowCounted, string(r.Counted))
	item.SetOptionalTime(rowExpiresAt, r.ExpiresAt)
	item.SetTime(rowRotateBy, r.RotateBy)
	item.SetOptionalTime(rowOverlap, r.OverlapUntil)
	item.SetTime(rowCreatedAt, r.CreatedAt)
	if r.Unused {
		item.SetInt(rowUnused, 1)
	}
	return item
}

// encodeRow returns the row's own item.
func encodeRow(tenant string, r keys.Row, revision int, deletedAt *time.Time) table.Item {
	at, _ := byID.at(tenant, r)
	item := encodeCopy(at, r)
	item.SetInt(rowRevision, revision)
	if deletedAt != nil {
		item.SetDue(table.KeyPurge, r.ID, deletedAt.Add(lifecycle.Retention))
	}
	return item
}

// decodeRow returns the row from its item or a copy.
func decodeRow(item table.Item) keys.Row {
	return keys.Row{
		ID: item.String(rowID), Name: item.String(rowName), ApplicationID: item.String(rowApplication), ArxID: item.String(rowArx),
		Env: accesskey.Env(item.String(rowEnv)), LastFour: item.String(rowLastFour),
		State: api.KeyStatus(item.String(rowState)), Counted: api.KeyStatus(item.String(rowCounted)),
		ExpiresAt: item.OptionalTime(rowExpiresAt), RotateBy: item.Time(rowRotateBy),
		OverlapUntil: item.OptionalTime(rowOverlap), CreatedAt: item.Time(rowCreatedAt), Unused: item.Int(rowUnused) > 0,
	}
}

// decodeRows returns the rows in the items, in the same order.
func decodeRows(items []table.Item) []keys.Row {
	rows := make([]keys.Row, len(items))
	for i, item := range items {
		rows[i] = decodeRow(item)
	}
	return rows
}

// Attributes of a credential: those that verification reads, and those that only describe the key.
const (
	id            = credentialstore.ID
	tenant        = credentialstore.Tenant
	name          = credentialstore.Name
	applicationID = credentialstore.ApplicationID
	arxID         = credentialstore.ArxID
	env           = "env"
	lastFour      = "last_four"
	digest        = credentialstore.Digest
	oldDigest     = credentialstore.OldDigest
	state         = credentialstore.State
	expiresAt     = credentialstore.ExpiresAt
	rotateBy      = "rotate_by"
	overlapUntil  = credentialstore.OverlapUntil
	olderFour     = "older_four"
	scopes        = credentialstore.Scopes
	metadata      = credentialstore.Metadata
	rateLimit     = credentialstore.RateLimit
	rateWindow    = credentialstore.RateWindow
	uses          = credentialstore.Uses
	allowedIPs    = credentialstore.AllowedIPs
	createdAt     = "created_at"
	createdBy     = "created_by"
	updatedAt     = "updated_at"
	deletedAt     = "deleted_at"
	version       = "version"
	lastEvent     = "last_event"
)

// shown are the attributes of a credential that describe the key: all but the digests. Only verification
// reads the digests.
var shown = []string{
	id, tenant, name, applicationID, arxID, env, lastFour, state, expiresAt, rotateBy, overlapUntil, olderFour, scopes, metadata,
	rateLimit, rateWindow, uses, allowedIPs, createdAt, createdBy, updatedAt, deletedAt, version, lastEvent,
}

// encodeCredential returns the key's credential without its digests.
func encodeCredential(k keys.Key) table.Item {
	item := table.NewItem(table.Credential(k.ID))
	item.SetString(id, k.ID)
	item.SetString(tenant, k.Tenant)
	item.SetString(name, k.Name)
	item.SetString(applicationID, k.ApplicationID)
	item.SetString(arxID, k.ArxID)
	item.SetString(env, string(k.Env))
	item.SetString(lastFour, k.LastFour)
	item.SetString(state, string(k.State))
	item.SetOptionalTime(expiresAt, k.ExpiresAt)
	item.SetTime(rotateBy, k.RotateBy)
	item.SetOptionalTime(overlapUntil, k.OverlapUntil)
	item.SetString(olderFour, k.Older)
	item.SetStrings(scopes, k.Scopes)
	item.SetString(metadata, string(k.Metadata))
	if k.Rate != nil {
		item.SetInt(rateLimit, k.Rate.Limit)
		item.SetInt(rateWindow, k.Rate.WindowSeconds)
	}
	item.SetOptionalInt(uses, k.Uses)
	item.SetStrings(allowedIPs, k.AllowedIPs)
	item.SetTime(createdAt, k.CreatedAt)
	item.SetBy(createdBy, k.CreatedBy)
	item.SetTime(updatedAt, k.UpdatedAt)
	item.SetOptionalTime(deletedAt, k.DeletedAt)
	item.SetInt(version, k.Version)
	item.SetString(lastEvent, k.LastEvent)
	return item
}

// decodeKey returns the key from its credential. Its counted status is only in its row.
func decodeKey(item table.Item) keys.Key {
	return keys.Key{
		Row: keys.Row{
			ID: item.String(id), Name: item.String(name), ApplicationID: item.String(applicationID), ArxID: item.String(arxID),
			Env: accesskey.Env(item.String(env)), LastFour: item.String(lastFour), State: api.KeyStatus(item.String(state)),
			ExpiresAt: item.OptionalTime(expiresAt), RotateBy: item.Time(rotateBy),
			OverlapUntil: item.OptionalTime(overlapUntil), CreatedAt: item.Time(createdAt),
		},
		Tenant: item.String(tenant), Older: item.String(olderFour), Scopes: item.Strings(scopes), Metadata: json.RawMessage(item.String(metadata)),
		Limits:    credentialstore.DecodeLimits(item),
		CreatedBy: item.By(createdBy), UpdatedAt: item.Time(updatedAt), DeletedAt: item.OptionalTime(deletedAt),
		Version: item.Int(version), LastEvent: item.String(lastEvent),
	}
}
