package api

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Technology is where an application runs.
type Technology string

// The technologies.
const (
	Server Technology = "server" // runs on a backend and can keep a secret
	Client Technology = "client" // runs on users' devices and calls from its allowed origins
)

// ApplicationStatus is the status of an application.
type ApplicationStatus string

// Statuses of an application.
const (
	ApplicationActive   ApplicationStatus = "active"
	ApplicationDisabled ApplicationStatus = "disabled"
	ApplicationArchived ApplicationStatus = "archived"
)

// MaxOrigins is how many origins an application may allow.
const MaxOrigins = 10

// Application is a program that calls Arxes.
type Application struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Description    string            `json:"description"`
	Technology     Technology        `json:"technology"`
	Owner          string            `json:"owner"` // Subject or e-mail address of the owner.
	AllowedOrigins []string          `json:"allowed_origins"`
	Status         ApplicationStatus `json:"status"`
	Keys           KeyTotals         `json:"keys"`
	// Latest use of its keys. Only in the responses to get and list.
	Use       *Use      `json:"use,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy By        `json:"created_by"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy By        `json:"updated_by"`
	Version   string    `json:"-"` // returned as ETag
	Replay
	Effect
	Permits
}

// Location returns the application's path.
func (a Application) Location() string { return "/v1/applications/" + a.ID }

// ETag returns the application's version.
func (a Application) ETag() string { return a.Version }

// SetVersion sets the version from an ETag, strong or weak. Compression by a proxy makes an ETag weak.
func (a *Application) SetVersion(etag string) {
	a.Version = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}

// ApplicationTotals counts a tenant's applications.
type ApplicationTotals struct {
	Total    int `json:"total"` // Active and disabled.
	Active   int `json:"active"`
	Disabled int `json:"disabled"`
	Archived int `json:"archived"`
}

// ApplicationList is a page of applications.
type ApplicationList = List[Application, ApplicationTotals]

// CreateApplicationRequest creates an application.
type CreateApplicationRequest struct {
	Idempotent
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty" empty:"no description"`
	Technology  Technology `json:"technology"`
	Owner       string     `json:"owner,omitempty"` // The default is the creator.
	// Origins as browsers send them, such as https://shop.example:8443. Required for client, forbidden for server.
	AllowedOrigins []string `json:"allowed_origins,omitempty"`
}

// Validate returns problem.InvalidField with all wrong fields.
func (r CreateApplicationRequest) Validate() error {
	c := checking(r)
	r.Idempotent.check(&c)
	c.name("name", r.Name)
	c.text("description", r.Description, MaxDescriptionRunes)
	c.line("owner", r.Owner, MaxOwnerRunes)
	if r.Technology == "" {
		c.add("technology", "required", "server or client.")
	} else {
		oneOf(&c, "technology", r.Technology, Server, Client)
	}
	c.origins(r.Technology, r.AllowedOrigins)
	return c.err()
}

func (c *check) origins(technology Technology, origins []string) {
	switch {
	case technology == Client && len(origins) == 0:
		c.add("allowed_origins", "required", "a client application needs at least one origin, such as https://shop.example.")
	case technology == Server && len(origins) > 0:
		c.add("allowed_origins", "forbidden", "a server application has no origins. Omit them, or choose client.")
	case len(origins) > MaxOrigins:
		c.add("allowed_origins", "too_many", "at most %d.", MaxOrigins)
	}
	seen := map[string]bool{}
	for i, o := range origins {
		at := fmt.Sprintf("allowed_origins[%d]", i)
		switch {
		case utf8.RuneCountInString(o) > MaxURLRunes:
			c.add(at, "too_long", "at most %d characters.", MaxURLRunes)
		case originFault(o) != "":
			c.add(at, "invalid", "%s", originFault(o))
		case seen[o]:
			c.add(at, "duplicate", "%s is listed more than once.", o)
		}
		seen[o] = true
	}
}

// UpdateApplicationRequest changes the given fields and leaves the others (RFC 7396). An archived
// application can be changed too. The technology cannot be changed.
type UpdateApplicationRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Name        Patch[string] `json:"name,omitzero"`
	Description Patch[string] `json:"description,omitzero" empty:"no description"`
	Owner       Patch[string] `json:"owner,omitzero"` // Null sets the caller.
	// Origins of a client application as browsers send them, such as https://shop.example:8443.
	AllowedOrigins Patch[[]string] `json:"allowed_origins,omitzero"`
}

// On returns the id of the application and the condition of the change.
func (r UpdateApplicationRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate returns problem.InvalidField with all wrong fields. Only the server can check origins against
// the application's technology.
func (r UpdateApplicationRequest) Validate() error {
	c := checking(r)
	r.Conditional.check(&c)
	c.patchedName("name", r.Name)
	c.text("description", r.Description.Apply(""), MaxDescriptionRunes)
	c.line("owner", r.Owner.Apply(""), MaxOwnerRunes)
	if origins, ok := r.AllowedOrigins.Get(); ok && len(origins) > 0 {
		c.origins(Client, origins)
	}
	return c.err()
}

// ListApplicationsRequest lists applications.
type ListApplicationsRequest struct {
	Page
	Sort    CatalogSort       `query:"sort"` // The default is newest first.
	Status  ApplicationStatus `query:"status"`
	Include string            `query:"include"` // Set to archived to include archived applications.
}

// Validate returns problem.InvalidField with all wrong parameters.
func (r ListApplicationsRequest) Validate() error {
	c := checking(r)
	r.Page.check(&c)
	r.Sort.check(&c)
	if r.Status != "" {
		oneOf(&c, "status", r.Status, ApplicationActive, ApplicationDisabled, ApplicationArchived)
	}
	if r.Include != "" {
		oneOf(&c, "include", r.Include, "archived")
	}
	return c.err()
}

// ApplicationID identifies an application.
type ApplicationID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts any id: a malformed one is not found.
func (ApplicationID) Validate() error { return nil }

// Operations on applications.
var (
	CreateApplication = Operation[CreateApplicationRequest, Application]{
		Name: "applications.create", Method: "POST", Path: "/v1/applications", Permission: WriteCatalog, Status: 201,
		Summary: "Register an application.",
	}
	ListApplications = Operation[ListApplicationsRequest, ApplicationList]{
		Name: "applications.list", Method: "GET", Path: "/v1/applications", Permission: ReadCatalog, Status: 200,
		Summary: "List applications.",
	}
	GetApplication = Operation[ApplicationID, Application]{
		Name: "applications.get", Method: "GET", Path: "/v1/applications/{id}", Permission: ReadCatalog, Status: 200,
		Summary: "Get an application.",
	}
	UpdateApplication = Operation[UpdateApplicationRequest, Application]{
		Name: "applications.update", Method: "PATCH", Path: "/v1/applications/{id}", Permission: WriteCatalog, Status: 200,
		Summary: "Change an application's name, description, owner or origins.",
	}
	DisableApplication = Operation[Target, Application]{
		Name: "applications.disable", Method: "POST", Path: "/v1/applications/{id}/disable", Permission: WriteCatalog, Status: 200,
		Summary: "Disable an application. None of its keys verifies until it is enabled.",
	}
	EnableApplication = Operation[Target, Application]{
		Name: "applications.enable", Method: "POST", Path: "/v1/applications/{id}/enable", Permission: WriteCatalog, Status: 200,
		Summary: "Enable a disabled application. Its keys keep their own status.",
	}
	ArchiveApplication = Operation[Target, Application]{
		Name: "applications.archive", Method: "POST", Path: "/v1/applications/{id}/archive", Permission: WriteCatalog, Status: 200,
		Summary: "Archive a disabled application. Its name can then be reused.",
	}
	UnarchiveApplication = Operation[Target, Application]{
		Name: "applications.unarchive", Method: "POST", Path: "/v1/applications/{id}/unarchive", Permission: WriteCatalog, Status: 200,
		Summary: "Restore an archived application as disabled.",
	}
)
