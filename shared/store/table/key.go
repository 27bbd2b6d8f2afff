package table

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Key is where an item lies. Partitions begin with their kind, so that a function's policy can name
// the kinds that it may touch; those of records, events and counts go on with the tenant, so that
// no query can leave it.
type Key struct{ PK, SK string }

// only is the sort key of a partition that holds one item.
const only = "-"

// The attributes of the primary key, and the one that DynamoDB deletes by.
const (
	PK  = "pk"
	SK  = "sk"
	TTL = "ttl"
)

// Application is where an application lies; with an empty id, the partition of all.
func Application(tenant, id string) Key { return Key{"rec#" + tenant + "#applications", id} }

// Arx is where an Arx lies; with an empty id, the partition of all.
func Arx(tenant, id string) Key { return Key{"rec#" + tenant + "#arxes", id} }

// DefaultArx is where it stands which Arx is the default.
func DefaultArx(tenant string) Key { return Key{"rec#" + tenant + "#default-arx", only} }

// KeyRow is where the row of a key lies that is not deleted.
func KeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#keys", "live#" + id} }

// DeletedKeyRow is where the row of a deleted key lies.
func DeletedKeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#keys", "deleted#" + id} }

// Inactive is where it stands that an application or an Arx stops its keys; with an empty id, the partition of all.
func Inactive(tenant, id string) Key { return Key{"rec#" + tenant + "#inactive", id} }

// RollUp is where it stands how far the daily roll-up of the tenant's keys has come.
func RollUp(tenant string) Key { return Key{"rec#" + tenant + "#roll-up", only} }

// ManagementKeyRow is where the row of a management key lies.
func ManagementKeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#management-keys", id} }

// Name is where it stands which record of the kind has the name. The key is names.Key's.
func Name(tenant, kind, key string) Key { return Key{"rec#" + tenant + "#names", kind + "#" + key} }

// KeyIndex is where a copy of a key's row lies in an index of the tenant's keys, sorted by the text.
func KeyIndex(tenant, index, sortedBy string) Key {
	return Key{"rec#" + tenant + "#keys-by-" + index, sortedBy}
}

// Credential is where lies what verification reads of a key.
func Credential(keyID string) Key { return Key{"cred#" + keyID, only} }

// Gate is where lies what verification reads of an application or an Arx.
func Gate(id string) Key { return Key{"gate#" + id, only} }

// Limit is where it lies how much of a key's limits is used. No transaction of a change touches it.
func Limit(keyID string) Key { return Key{"lim#" + keyID, only} }

// ManagementCredential is where lies what authentication reads of a management key.
func ManagementCredential(id string) Key { return Key{"mgk#" + id, only} }

// LastUse is where it stands when a management key was used last. It is no part of the credential, so that
// whoever may write it can't write what a credential opens.
func LastUse(id string) Key { return Key{"use#" + id, "last"} }

// LatestUse is where it stands how a key, an application or an Arx was used of late: all of a tenant's lie in
// one partition, by their ids, so that a page of a list is one range of it. DynamoDB splits the partition
// where it is busy, because it has no local index.
func LatestUse(tenant, id string) Key { return Key{"use#" + tenant + "#latest", id} }

// UseDay is where the figures of a day lie: of the record with the id, or of the tenant with the name;
// of an application, with an Arx, those of what it did at that Arx.
func UseDay(id, arxID string, day time.Time) Key {
	if arxID != "" {
		return Key{"use#" + id, "at#" + arxID + "#" + day.Format(time.DateOnly)}
	}
	return Key{"use#" + id, "day#" + day.Format(time.DateOnly)}
}

// Request is where it stands that a request with an idempotency key was done.
func Request(tenant, sum string) Key { return Key{"idem#" + tenant + "#" + sum, only} }

// TenantEvent is where an audit event lies in the activity of its tenant.
func TenantEvent(tenant, eventID string) Key { return Key{"evt#" + tenant, eventID} }

// ResourceEvent is where an audit event lies in the history of its resource.
func ResourceEvent(tenant, resourceID, eventID string) Key {
	return Key{"evt#" + tenant + "#" + resourceID, eventID}
}

// Tenant returns the tenant whose partition it is, of a key that begins with a kind and a tenant.
func (k Key) Tenant() string {
	_, rest, _ := strings.Cut(k.PK, "#")
	tenant, _, _ := strings.Cut(rest, "#")
	return tenant
}

// ID returns the id that the sort key names, behind its last #.
func (k Key) ID() string { return k.SK[strings.LastIndex(k.SK, "#")+1:] }

// Parts takes the partition key apart: its kind; whose it is, a tenant or the one record that it is
// for; and, of records and events, which part of the tenant's.
func (k Key) Parts() (kind, of, part string) {
	kind, rest, _ := strings.Cut(k.PK, "#")
	of, part, _ = strings.Cut(rest, "#")
	return kind, of, part
}

func (k Key) attributes() Item { return Item{PK: text(k.PK), SK: text(k.SK)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
