package table

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Key is the primary key of an item. Partition keys begin with their kind, so that a function's policy can
// name the kinds that it may access; those of records, events and counts continue with the tenant, so that
// a query cannot leave the tenant.
type Key struct{ PK, SK string }

// only is the sort key in a partition of one item.
const only = "-"

// Attributes of the primary key, and the time-to-live attribute.
const (
	PK  = "pk"
	SK  = "sk"
	TTL = "ttl"
)

// Application is the key of an application; with an empty id, the partition of all applications.
func Application(tenant, id string) Key { return Key{"rec#" + tenant + "#applications", id} }

// Arx is the key of an Arx; with an empty id, the partition of all Arxes.
func Arx(tenant, id string) Key { return Key{"rec#" + tenant + "#arxes", id} }

// DefaultArx is the key of the item that names the tenant's default Arx.
func DefaultArx(tenant string) Key { return Key{"rec#" + tenant + "#default-arx", only} }

// KeyRow is the key of the row of an API key that is not deleted.
func KeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#keys", "live#" + id} }

// DeletedKeyRow is the key of the row of a deleted API key.
func DeletedKeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#keys", "deleted#" + id} }

// RollUp is the key of the item that tracks the daily roll-up of the tenant's keys.
func RollUp(tenant string) Key { return Key{"rec#" + tenant + "#roll-up", only} }

// ManagementKeyRow is the key of the row of a management key.
func ManagementKeyRow(tenant, id string) Key { return Key{"rec#" + tenant + "#management-keys", id} }

// Name is the key of the item that reserves a name of the kind for a record. Its last parameter comes from
// names.Key.
func Name(tenant, kind, key string) Key { return Key{"rec#" + tenant + "#names", kind + "#" + key} }

// KeyIndex is the key of a copy of an API key's row in an index of the tenant's keys, sorted by sortedBy.
func KeyIndex(tenant, index, sortedBy string) Key {
	return Key{"rec#" + tenant + "#keys-by-" + index, sortedBy}
}

// Credential is the key of what verification reads of an API key.
func Credential(keyID string) Key { return Key{"cred#" + keyID, only} }

// Gate is the key of what verification reads of an application or an Arx.
func Gate(id string) Key { return Key{"gate#" + id, only} }

// Limit is the key of the item that counts the uses of a key's limits. No transaction writes it.
func Limit(keyID string) Key { return Key{"lim#" + keyID, only} }

// ManagementCredential is the key of what authentication reads of a management key.
func ManagementCredential(id string) Key { return Key{"mgk#" + id, only} }

// LastUse is the key of the item with a management key's last use. It is not part of the credential, so
// that a function that records uses needs no permission to write credentials.
func LastUse(id string) Key { return Key{"use#" + id, "last"} }

// LatestUse is the key of the latest uses of a key, an application or an Arx. All of a tenant's are in one
// partition, sorted by id, so that a page of a list is one range. DynamoDB splits the partition under load,
// because the table has no local index.
func LatestUse(tenant, id string) Key { return Key{"use#" + tenant + "#latest", id} }

// UseDay is the key of a day's figures for the record with the id, or for the tenant with the name. With an
// Arx, it is the key of the figures of an application at that Arx.
func UseDay(id, arxID string, day time.Time) Key {
	if arxID != "" {
		return Key{"use#" + id, "at#" + arxID + "#" + day.Format(time.DateOnly)}
	}
	return Key{"use#" + id, "day#" + day.Format(time.DateOnly)}
}

// Request is the key of a request with an idempotency key.
func Request(tenant, sum string) Key { return Key{"idem#" + tenant + "#" + sum, only} }

// TenantEvent is the key of an audit event in the activity of its tenant.
func TenantEvent(tenant, eventID string) Key { return Key{"evt#" + tenant, eventID} }

// ResourceEvent is the key of an audit event in the history of its resource.
func ResourceEvent(tenant, resourceID, eventID string) Key {
	return Key{"evt#" + tenant + "#" + resourceID, eventID}
}

// Tenant returns the tenant of a key whose partition key begins with a kind and a tenant.
func (k Key) Tenant() string {
	_, rest, _ := strings.Cut(k.PK, "#")
	tenant, _, _ := strings.Cut(rest, "#")
	return tenant
}

// ID returns the id in the sort key, after its last #.
func (k Key) ID() string { return k.SK[strings.LastIndex(k.SK, "#")+1:] }

// Parts splits the partition key into its kind, its owner (a tenant or a record), and, for records and
// events, the part of the tenant's data.
func (k Key) Parts() (kind, of, part string) {
	kind, rest, _ := strings.Cut(k.PK, "#")
	of, part, _ = strings.Cut(rest, "#")
	return kind, of, part
}

func (k Key) attributes() Item { return Item{PK: text(k.PK), SK: text(k.SK)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
