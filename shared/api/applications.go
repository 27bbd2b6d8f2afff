package api

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Technology says where an application runs.
type Technology string

// The technologies.
const (
	Server Technology = "server" // has a backend: may keep a secret
	Client Technology = "client" // runs at its users': calls from its allowed origins
)

// ApplicationStatus is the state of an application.
type ApplicationStatus string

// The states of an application.
const (
	ApplicationActive   ApplicationStatus = "active"
	ApplicationDisabled ApplicationStatus = "disabled"
	ApplicationArchived ApplicationStatus = "archived"
)

// MaxOrigins is how many origins an application may allow.
const MaxOrigins = 10

// Application is something that calls.
type Application struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Description    string            `json:"description"`
	Technology     Technology        `json:"technology"`
	Owner          string            `json:"owner"` // subject or e-mail
	AllowedOrigins []string          `json:"allowed_origins"`
	Status         ApplicationStatus `json:"status"`
	Keys           KeyTotals         `json:"keys"`
	Use            *Use              `json:"use,omitempty"` // of its keys; in the answers to get and list
	CreatedAt      time.Time         `json:"created_at"`
	CreatedBy      By                `json:"created_by"`
	UpdatedAt      time.Time         `json:"updated_at"`
	UpdatedBy      By                `json:"updated_by"`
	Version        string            `json:"-"` // told as ETag
	Replay
	Permits
}

// Location is the application's address.
func (a Application) Location() string { return "/v1/applications/" + a.ID }

// ETag is the application's version.
func (a Application) ETag() string { return a.Version }

// SetVersion takes the version from an ETag, as a caller gets it: what compresses on the way makes it a weak one.
func (a *Application) SetVersion(etag string) {
	a.Version = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}

// ApplicationTotals counts a tenant's applications.
type ApplicationTotals struct {
	Total    int `json:"total"` // active and disabled
	Active   int `json:"active"`
	Disabled int `json:"disabled"`
	Archived int `json:"archived"`
}

// ApplicationList is a page of applications.
type ApplicationList = List[Application, ApplicationTotals]

// CreateApplicationRequest describes the application to be.
type CreateApplicationRequest struct {
	Idempotent
	Name           string     `json:"name"`
	Description    string     `json:"description,omitempty" empty:"no description"`
	Technology     Technology `json:"technology"`
	Owner          string     `json:"owner,omitempty"`           // the creator where left out
	AllowedOrigins []string   `json:"allowed_origins,omitempty"` // as browsers send them, such as https://shop.example:8443; required for client, forbidden for server
}

// Validate answers what is wrong with the fields.
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
		c.add("allowed_origins", "forbidden", "a server application has no origins. Leave them out, or choose client.")
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
			c.add(at, "duplicate", "%s is there already.", o)
		}
		seen[o] = true
	}
}

// UpdateApplicationRequest changes what is named and leaves the rest (RFC 7396). An archived
// application can be renamed too; the technology stays what it is.
type UpdateApplicationRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Name           Patch[string]   `json:"name,omitzero"`
	Description    Patch[string]   `json:"description,omitzero" empty:"no description"`
	Owner          Patch[string]   `json:"owner,omitzero"`           // null: whoever changes it
	AllowedOrigins Patch[[]string] `json:"allowed_origins,omitzero"` // of a client application; as browsers send them, such as https://shop.example:8443
}

// On returns the application that is changed, and what the caller saw of it.
func (r UpdateApplicationRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate answers what is wrong with the fields. Whether the application takes origins is for the
// server to say, which knows its technology.
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

// ListApplicationsRequest asks for a page of applications.
type ListApplicationsRequest struct {
	Page
	Sort    CatalogSort       `query:"sort"` // newest first where left out
	Status  ApplicationStatus `query:"status"`
	Include string            `query:"include"` // archived: those along with the others
}

// Validate answers what is wrong with the parameters.
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

// ApplicationID names an application.
type ApplicationID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts everything: an id that is none is not found.
func (ApplicationID) Validate() error { return nil }

// The operations on applications.
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
		Summary: "Disable an application: none of its keys verifies.",
	}
	EnableApplication = Operation[Target, Application]{
		Name: "applications.enable", Method: "POST", Path: "/v1/applications/{id}/enable", Permission: WriteCatalog, Status: 200,
		Summary: "Enable an application: its keys are as they were.",
	}
	ArchiveApplication = Operation[Target, Application]{
		Name: "applications.archive", Method: "POST", Path: "/v1/applications/{id}/archive", Permission: WriteCatalog, Status: 200,
		Summary: "Archive a disabled application. Its name is free again.",
	}
	UnarchiveApplication = Operation[Target, Application]{
		Name: "applications.unarchive", Method: "POST", Path: "/v1/applications/{id}/unarchive", Permission: WriteCatalog, Status: 200,
		Summary: "Bring an archived application back, disabled.",
	}
)
