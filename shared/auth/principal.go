// Package auth defines who is calling, and what they may do.
package auth

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Principal is who is calling: a person, or a management key. The zero Principal is nobody, and may
// do nothing.
type Principal struct {
	Kind   string // api.Person or api.ManagementKey
	ID     string // the subject of the token, or the id of the management key
	Name   string // for people to read: an e-mail, or the management key's name
	Tenant string // the one organisation whose data it may touch
	Role   api.Role

	// ExpiresAt is when the management key expires; the zero time for a person. What a management key
	// creates does not outlive it.
	ExpiresAt time.Time

	From      string // the address that the call came from, as API Gateway saw it
	RequestID string // of the call, as logs and answers name it
}

// By returns the principal as the API tells it.
func (p Principal) By() api.By { return api.By{Kind: p.Kind, ID: p.ID, Name: p.Name} }

const maxTenantChars = 63

// ValidTenant reports whether the text can name a tenant: 1 to 63 of a-z, 0-9 and the hyphen.
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

// Permissions returns what the principal may do, by permission, the refused ones too.
func (p Principal) Permissions() map[string]bool {
	can := map[string]bool{}
	for _, permission := range permissions[api.Owner] {
		can[string(permission)] = p.May(permission)
	}
	return can
}

// permissions is the table of roles. The owner has every permission.
var permissions = map[api.Role][]api.Permission{
	api.Owner: {
		api.ReadSelf, api.ReadCatalog, api.WriteCatalog, api.ManageKeys, api.VerifyKeys,
		api.ReadActivity, api.ManageManagementKeys,
	},
	api.Admin:     {api.ReadSelf, api.ReadCatalog, api.WriteCatalog, api.ManageKeys, api.VerifyKeys, api.ReadActivity},
	api.Developer: {api.ReadSelf, api.ReadCatalog, api.ManageKeys, api.VerifyKeys},
	api.Verifier:  {api.ReadSelf, api.VerifyKeys},
}

// ranks orders the roles, the highest first.
var ranks = []api.Role{api.Owner, api.Admin, api.Developer, api.Verifier}

// HighestRole returns the highest role that the groups name, and whether there is any.
// A group names a role by its word: owner, admin, developer, verifier.
func HighestRole(groups []string) (api.Role, bool) {
	for _, role := range ranks {
		if slices.Contains(groups, string(role)) {
			return role, true
		}
	}
	return "", false
}

// Refusal returns the sentence that says who has the permission.
func Refusal(permission api.Permission) string {
	var words []string
	for _, role := range ranks {
		if slices.Contains(permissions[role], permission) {
			words = append(words, string(role))
		}
	}
	switch len(words) {
	case 1:
		return "Only an " + words[0] + " may do this."
	default:
		return "Only " + join(words) + " may do this."
	}
}

// join writes words as in a sentence: "owners, admins and developers".
func join(words []string) string {
	s := words[0] + "s"
	for _, w := range words[1 : len(words)-1] {
		s += ", " + w + "s"
	}
	return s + " and " + words[len(words)-1] + "s"
}

// Owning returns who owns what the principal makes: the one that is named, or else the principal.
func (p Principal) Owning(named string) string {
	if named = strings.TrimSpace(named); named != "" {
		return named
	}
	if p.Name != "" && utf8.RuneCountInString(p.Name) <= api.MaxOwnerRunes {
		return p.Name
	}
	return p.ID
}
