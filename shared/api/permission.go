package api

// Role is what a principal may do, as one word.
type Role string

// The roles, from the most to the least.
const (
	Owner     Role = "owner"
	Admin     Role = "admin"
	Developer Role = "developer"
	Verifier  Role = "verifier"
)

// Permission is what an operation asks of a principal, or of whoever else calls it.
type Permission string

// HoldKey is the permission of whoever presents a good access key. It is no principal's: the operation
// stands behind the Lambda authorizer, and its caller is a [Holder].
const HoldKey Permission = "key.hold"

// The permissions, one per row of the table of roles.
const (
	Public               Permission = "public"                 // anybody, signed in or not
	ReadSelf             Permission = "self.read"              // every principal
	ReadCatalog          Permission = "catalog.read"           // applications, Arxes, overview
	WriteCatalog         Permission = "catalog.write"          // applications and Arxes: create, edit, every transition
	ManageKeys           Permission = "keys.manage"            // API keys: everything; a resource's own history
	VerifyKeys           Permission = "keys.verify"            // verification
	ReadActivity         Permission = "activity.read"          // activity of the whole tenant
	ManageManagementKeys Permission = "management_keys.manage" // management keys
)
