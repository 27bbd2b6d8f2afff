package api

// Role is a set of permissions of a principal.
type Role string

// Roles, from most to least permissions.
const (
	Owner     Role = "owner"
	Admin     Role = "admin"
	Developer Role = "developer"
	Verifier  Role = "verifier"
)

// Permission is what an operation requires of its caller.
type Permission string

// HoldKey is the permission of the holder of a valid access key, not of a principal. Its operation is
// behind the Lambda authorizer and called by a [Holder].
const HoldKey Permission = "key.hold"

// Permissions, one per row of the table of roles.
const (
	Public               Permission = "public"                 // anyone, without a credential
	ReadSelf             Permission = "self.read"              // every principal
	ReadCatalog          Permission = "catalog.read"           // applications, Arxes, overview
	WriteCatalog         Permission = "catalog.write"          // applications and Arxes: create, edit, every transition
	ManageKeys           Permission = "keys.manage"            // API keys: every operation; the history of a resource
	VerifyKeys           Permission = "keys.verify"            // verification
	CheckKeys            Permission = "keys.check"             // verification at a gateway, only for verifiers
	ReadActivity         Permission = "activity.read"          // activity of the whole tenant
	ManageManagementKeys Permission = "management_keys.manage" // management keys
)
