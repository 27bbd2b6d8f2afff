package api

import (
	"fmt"
	"strings"
	"time"
)

// Purpose is what an Arx is used for. It determines the environment in its access keys.
type Purpose string

// The purposes.
const (
	Development Purpose = "development"
	Testing     Purpose = "testing"
	Staging     Purpose = "staging"
	Production  Purpose = "production"
)

// Plan is the kind of machines that an Arx runs on.
type Plan string

// The plans.
const (
	Serverless Plan = "serverless"
	Dedicated  Plan = "dedicated"
)

// Provider is the cloud provider of an Arx.
type Provider string

// The providers.
const (
	AWS   Provider = "aws"
	GCP   Provider = "gcp"
	Azure Provider = "azure"
)

// Encryption is the encryption method of an Arx.
type Encryption string

// The encryption methods.
const (
	AESGCM128         Encryption = "aes-gcm-128"
	AESGCM256         Encryption = "aes-gcm-256"
	XChaCha20Poly1305 Encryption = "xchacha20-poly1305"
)

// Cycle is how often the keys of an Arx should be rotated.
type Cycle string

// The rotation cycles.
const (
	Monthly     Cycle = "monthly"
	ThreeMonths Cycle = "3-monthly"
	SixMonths   Cycle = "6-monthly"
	Annually    Cycle = "annually"
)

// ArxStatus is the status of an Arx.
type ArxStatus string

// Statuses of an Arx.
const (
	ArxActive   ArxStatus = "active"
	ArxDisabled ArxStatus = "disabled"
	ArxDeleted  ArxStatus = "deleted"
)

// Purposes, Plans, Providers, Encryptions and Cycles are the choices, in display order.
var (
	Purposes    = []Purpose{Development, Testing, Staging, Production}
	Plans       = []Plan{Serverless, Dedicated}
	Providers   = []Provider{AWS, GCP, Azure}
	Encryptions = []Encryption{AESGCM128, AESGCM256, XChaCha20Poly1305}
	Cycles      = []Cycle{Monthly, ThreeMonths, SixMonths, Annually}
)

// Defaults of a CreateArxRequest.
const (
	DefaultPurpose    = Development
	DefaultPlan       = Serverless
	DefaultProvider   = AWS
	DefaultEncryption = AESGCM256
	DefaultCycle      = ThreeMonths
)

// MaxRegions is how many regions an Arx may have.
const MaxRegions = 5

// Arx is a cluster that applications call.
type Arx struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Purpose     Purpose    `json:"purpose"`
	Plan        Plan       `json:"plan"`
	Provider    Provider   `json:"provider"`
	Regions     []string   `json:"regions"`
	Encryption  Encryption `json:"encryption_method"`
	Cycle       Cycle      `json:"rotation_cycle"`
	Endpoint    string     `json:"endpoint"` // Empty if not set.
	Owner       string     `json:"owner"`
	IsDefault   bool       `json:"is_default"`
	Status      ArxStatus  `json:"status"`
	Keys        KeyTotals  `json:"keys"`
	Use         *Use       `json:"use,omitempty"` // Latest use of its keys. Only in the responses to get and list.
	CreatedAt   time.Time  `json:"created_at"`
	CreatedBy   By         `json:"created_by"`
	UpdatedAt   time.Time  `json:"updated_at"`
	UpdatedBy   By         `json:"updated_by"`
	Version     string     `json:"-"` // returned as ETag
	Replay
	Effect
	Permits
}

// Location returns the Arx's path.
func (a Arx) Location() string { return "/v1/arxes/" + a.ID }

// ETag returns the Arx's version.
func (a Arx) ETag() string { return a.Version }

// SetVersion sets the version from an ETag, strong or weak. Compression by a proxy makes an ETag weak.
func (a *Arx) SetVersion(etag string) { a.Version = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

// ArxTotals counts a tenant's Arxes.
type ArxTotals struct {
	Total    int `json:"total"` // Active and disabled.
	Active   int `json:"active"`
	Disabled int `json:"disabled"`
}

// ArxList is a page of Arxes.
type ArxList = List[Arx, ArxTotals]

// CreateArxRequest creates an Arx. Omitted fields get their defaults.
type CreateArxRequest struct {
	Idempotent
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty" empty:"no description"`
	Purpose     Purpose    `json:"purpose,omitempty"`
	Plan        Plan       `json:"plan,omitempty"`
	Provider    Provider   `json:"provider,omitempty"`
	Regions     []string   `json:"regions"`
	Encryption  Encryption `json:"encryption_method,omitempty"`
	Cycle       Cycle      `json:"rotation_cycle,omitempty"`
	Endpoint    string     `json:"endpoint,omitempty"` // HTTPS URL of the Arx, without user and fragment.
	Owner       string     `json:"owner,omitempty"`    // The default is the creator.
}

const (
	regionCharacters = lowerAndDigits + "-"
	maxRegionChars   = 40
)

// Validate returns problem.InvalidField with all wrong fields.
func (r CreateArxRequest) Validate() error {
	c := checking(r)
	r.Idempotent.check(&c)
	c.name("name", r.Name)
	c.text("description", r.Description, MaxDescriptionRunes)
	c.line("owner", r.Owner, MaxOwnerRunes)
	c.endpoint(r.Endpoint)
	if r.Purpose != "" {
		oneOf(&c, "purpose", r.Purpose, Purposes...)
	}
	if r.Plan != "" {
		oneOf(&c, "plan", r.Plan, Plans...)
	}
	if r.Provider != "" {
		oneOf(&c, "provider", r.Provider, Providers...)
	}
	if r.Encryption != "" {
		oneOf(&c, "encryption_method", r.Encryption, Encryptions...)
	}
	if r.Cycle != "" {
		oneOf(&c, "rotation_cycle", r.Cycle, Cycles...)
	}
	c.regions(r.Regions)
	return c.err()
}

func (c *check) regions(regions []string) {
	switch {
	case len(regions) == 0:
		c.add("regions", "required", "name 1 to %d regions, such as eu-central-1.", MaxRegions)
	case len(regions) > MaxRegions:
		c.add("regions", "too_many", "at most %d.", MaxRegions)
	}
	seen := map[string]bool{}
	for i, region := range regions {
		at := fmt.Sprintf("regions[%d]", i)
		switch {
		case !madeOf(region, regionCharacters, maxRegionChars):
			c.add(at, "invalid", "a-z, 0-9 and -, such as eu-central-1.")
		case seen[region]:
			c.add(at, "duplicate", "%s is listed more than once.", region)
		}
		seen[region] = true
	}
}

// UpdateArxRequest changes the given fields and leaves the others (RFC 7396). Purpose, plan, provider and
// encryption cannot be changed.
type UpdateArxRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Name        Patch[string]   `json:"name,omitzero"`
	Description Patch[string]   `json:"description,omitzero" empty:"no description"`
	Endpoint    Patch[string]   `json:"endpoint,omitzero"` // Null removes it.
	Owner       Patch[string]   `json:"owner,omitzero"`    // Null sets the caller.
	Regions     Patch[[]string] `json:"regions,omitzero"`
	Cycle       Patch[Cycle]    `json:"rotation_cycle,omitzero"` // Null sets the default.
}

// On returns the id of the Arx and the condition of the change.
func (r UpdateArxRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate returns problem.InvalidField with all wrong fields.
func (r UpdateArxRequest) Validate() error {
	c := checking(r)
	r.Conditional.check(&c)
	c.patchedName("name", r.Name)
	c.text("description", r.Description.Apply(""), MaxDescriptionRunes)
	c.endpoint(r.Endpoint.Apply(""))
	c.line("owner", r.Owner.Apply(""), MaxOwnerRunes)
	if !r.Regions.IsZero() {
		c.regions(r.Regions.Apply(nil))
	}
	if cycle, ok := r.Cycle.Get(); ok {
		oneOf(&c, "rotation_cycle", cycle, Cycles...)
	}
	return c.err()
}

// ListArxesRequest lists Arxes.
type ListArxesRequest struct {
	Page
	Sort    CatalogSort `query:"sort"` // The default is newest first.
	Status  ArxStatus   `query:"status"`
	Include string      `query:"include"` // Set to deleted to include deleted Arxes.
}

// Validate returns problem.InvalidField with all wrong parameters.
func (r ListArxesRequest) Validate() error {
	c := checking(r)
	r.Page.check(&c)
	r.Sort.check(&c)
	if r.Status != "" {
		oneOf(&c, "status", r.Status, ArxActive, ArxDisabled, ArxDeleted)
	}
	if r.Include != "" {
		oneOf(&c, "include", r.Include, "deleted")
	}
	return c.err()
}

// ArxID identifies an Arx.
type ArxID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts any id: a malformed one is not found.
func (ArxID) Validate() error { return nil }

// Operations on Arxes.
var (
	CreateArx = Operation[CreateArxRequest, Arx]{
		Name: "arxes.create", Method: "POST", Path: "/v1/arxes", Permission: WriteCatalog, Status: 201,
		Summary: "Register an Arx.",
	}
	ListArxes = Operation[ListArxesRequest, ArxList]{
		Name: "arxes.list", Method: "GET", Path: "/v1/arxes", Permission: ReadCatalog, Status: 200,
		Summary: "List Arxes.",
	}
	GetArx = Operation[ArxID, Arx]{
		Name: "arxes.get", Method: "GET", Path: "/v1/arxes/{id}", Permission: ReadCatalog, Status: 200,
		Summary: "Get an Arx.",
	}
	UpdateArx = Operation[UpdateArxRequest, Arx]{
		Name: "arxes.update", Method: "PATCH", Path: "/v1/arxes/{id}", Permission: WriteCatalog, Status: 200,
		Summary: "Change an Arx's name, description, endpoint, owner, regions or rotation cycle.",
	}
	DisableArx = Operation[Target, Arx]{
		Name: "arxes.disable", Method: "POST", Path: "/v1/arxes/{id}/disable", Permission: WriteCatalog, Status: 200,
		Summary: "Disable an Arx. None of its keys verifies until it is enabled.",
	}
	EnableArx = Operation[Target, Arx]{
		Name: "arxes.enable", Method: "POST", Path: "/v1/arxes/{id}/enable", Permission: WriteCatalog, Status: 200,
		Summary: "Enable a disabled Arx. Its keys keep their own status.",
	}
	SetDefaultArx = Operation[Target, Arx]{
		Name: "arxes.setdefault", Method: "POST", Path: "/v1/arxes/{id}/default", Permission: WriteCatalog, Status: 200,
		Summary: "Make an Arx the default.",
	}
	DeleteArx = Operation[Target, Arx]{
		Name: "arxes.delete", Method: "DELETE", Path: "/v1/arxes/{id}", Permission: WriteCatalog, Status: 200,
		Summary: "Delete an Arx and its API keys.",
	}
)
