// Package auth defines callers and their permissions.
package auth

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/ids"
)

// Principal is a caller: a person or a management key. The zero Principal has no identity and no
// permissions.
type Principal struct {
	Kind   string // api.Person or api.ManagementKey
	ID     string // the subject of the token, or the id of the management key
	Name   string // display name: an e-mail address, or the management key's name
	Tenant string // the organisation whose data the principal can access
	Role   api.Role

	// ExpiresAt is when the management key expires; zero for a person. A management key that a management
	// key creates must not expire later.
	ExpiresAt time.Time

	From      string // IP address of the caller, as API Gateway saw it
	RequestID string // of the call, as in logs and responses
}

// A management key is to be replaced in its last replaceWithin, if it was created for lasting or longer. A shorter
// one is meant to end.
const (
	replaceWithin = 14 * 24 * time.Hour
	lasting       = 30 * 24 * time.Hour
)

// IsDue reports whether the principal is a management key that is to be replaced, because it expires within 14 days.
// It does not report keys that were created for less than 30 days.
func (p Principal) IsDue(now time.Time) bool {
	if p.Kind != api.ManagementKey || p.ExpiresAt.Sub(now) > replaceWithin {
		return false
	}
	created, ok := ids.Time(api.ManagementKeyPrefix, p.ID)
	return ok && p.ExpiresAt.Sub(created) >= lasting
}

// By returns the principal in the API's format.
func (p Principal) By() api.By { return api.By{Kind: p.Kind, ID: p.ID, Name: p.Name} }

const maxTenantChars = 63

// ValidTenant reports whether the text is a valid tenant: 1 to 63 characters of a-z, 0-9 and -.
func ValidTenant(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxTenantChars
}

// May reports whether the principal's role has the permission.
func (p Principal) May(permission api.Permission) bool {
	return permission == api.Public || slices.Contains(permissions[p.Role], permission)
}

// Permissions returns whether the principal has each permission.
func (p Principal) Permissions() map[string]bool {
	can := map[string]bool{}
	for _, role := range ranks {
		for _, permission := range permissions[role] {
			can[string(permission)] = p.May(permission)
		}
	}
	return can
}

// permissions is the table of roles. The owner has all permissions but the one of gateways: a credential that
// strangers can reach through a gateway must not be able to do anything else.
var permissions = map[api.Role][]api.Permission{
	api.Owner: {
		api.ReadSelf, api.ReadCatalog, api.WriteCatalog, api.ManageKeys, api.VerifyKeys,
		api.ReadActivity, api.ManageManagementKeys,
	},
	api.Admin:     {api.ReadSelf, api.ReadCatalog, api.WriteCatalog, api.ManageKeys, api.VerifyKeys, api.ReadActivity},
	api.Developer: {api.ReadSelf, api.ReadCatalog, api.ManageKeys, api.VerifyKeys},
	api.Verifier:  {api.ReadSelf, api.VerifyKeys, api.CheckKeys},
}

// ranks contains the roles, the highest first.
var ranks = []api.Role{api.Owner, api.Admin, api.Developer, api.Verifier}

// HighestRole returns the highest role among the groups. ok is false if there is none. A group for a role
// has its name: owner, admin, developer or verifier.
func HighestRole(groups []string) (api.Role, bool) {
	for _, role := range ranks {
		if slices.Contains(groups, string(role)) {
			return role, true
		}
	}
	return "", false
}

// Refusal returns a sentence that says which roles have the permission.
func Refusal(permission api.Permission) string {
	var words []string
	for _, role := range ranks {
		if slices.Contains(permissions[role], permission) {
			words = append(words, string(role))
		}
	}
	switch len(words) {
	case 1:
		article := "a "
		if strings.HasPrefix(words[0], "o") {
			article = "an "
		}
		return "Only " + article + words[0] + " may do this."
	default:
		return "Only " + join(words) + " may do this."
	}
}

// join joins words as in a sentence: "owners, admins and developers".
func join(words []string) string {
	s := words[0] + "s"
	for _, w := range words[1 : len(words)-1] {
		s += ", " + w + "s"
	}
	return s + " and " + words[len(words)-1] + "s"
}

// Owning returns the owner of what the principal creates: named if it is not empty, or else the principal.
func (p Principal) Owning(named string) string {
	if named = strings.TrimSpace(named); named != "" {
		return named
	}
	if p.Name != "" && utf8.RuneCountInString(p.Name) <= api.MaxOwnerRunes {
		return p.Name
	}
	return p.ID
}
