package api

import (
	"strings"
	"time"
)

// AuditEvent is one change: who changed what, when, and from where.
//
// The events of a resource form a hash chain that reveals tampering: each contains the hash of the previous
// one. A hash is the SHA-256 of the event's JSON with an empty hash: members of all objects sorted by name,
// no white space, and <, > and & in strings escaped as \u003c, \u003e and \u0026.
type AuditEvent struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"` // Name of the operation, such as keys.create.
	Principal By                `json:"principal"`
	Resource  AuditResource     `json:"resource"`
	From      string            `json:"from"`    // IP address of the caller.
	Changes   map[string][2]any `json:"changes"` // Old and new value by field. Null means no value.
	RequestID string            `json:"request_id"`
	Previous  string            `json:"previous"` // Hash of the resource's previous event. Empty for the first event.
	Hash      string            `json:"hash"`     // Hash of the fields above, in hex.
}

// AuditResource is the changed resource, with its name at the time.
type AuditResource struct {
	Kind string `json:"kind"` // One of application, arx, key and management_key.
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AuditEvents is a page of events.
type AuditEvents struct {
	Items      []AuditEvent `json:"items"`
	NextCursor *string      `json:"next_cursor"` // Null on the last page.
	// Number of events scanned, if the page ended before it was full. Continue with next_cursor.
	Scanned int `json:"scanned,omitzero"`
}

// ListEventsRequest lists events, newest first, of one resource or of the whole tenant. Events are stored
// for 400 days.
type ListEventsRequest struct {
	Limit       int       `query:"limit"`  // Items per page, 1 to 100. The default is 25.
	Cursor      string    `query:"cursor"` // The previous page's next_cursor. Omit it for the first page.
	ResourceID  string    `query:"resource_id"`
	PrincipalID string    `query:"principal_id"` // Subject of a person, or id of a management key.
	Action      string    `query:"action"`       // Name of an operation, such as keys.create.
	From        time.Time `query:"from"`         // Earliest time, inclusive.
	To          time.Time `query:"to"`           // Latest time, exclusive.
}

const (
	maxPrincipalRunes = 256
	maxActionChars    = 64
)

// Validate returns problem.InvalidField with all wrong parameters.
func (r ListEventsRequest) Validate() error {
	c := checking(r)
	Page{Limit: r.Limit, Cursor: r.Cursor}.check(&c)
	if r.ResourceID != "" && !validResource(r.ResourceID) {
		c.add("resource_id", "invalid", "the id of an application, an Arx, an API key or a management key.")
	}
	c.atMost("principal_id", r.PrincipalID, maxPrincipalRunes)
	if r.Action != "" && !validAction(r.Action) {
		c.add("action", "invalid", "the name of an operation, such as keys.create.")
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		c.add("to", "out_of_range", "must be later than from.")
	}
	return c.err()
}

// Items returns the most events that the page may contain: the limit, or its default.
func (r ListEventsRequest) Items() int { return Page{Limit: r.Limit}.Items() }

// OfManagementKey reports whether the request asks for the history of a management key.
func (r ListEventsRequest) OfManagementKey() bool {
	return strings.HasPrefix(r.ResourceID, ManagementKeyPrefix)
}

// validAction reports whether the text has the form of an operation's name: a noun, or a noun and a verb
// separated by a dot.
func validAction(name string) bool {
	noun, verb, two := strings.Cut(name, ".")
	return len(name) <= maxActionChars && madeOf(noun, lower, maxActionChars) && (!two || madeOf(verb, lower, maxActionChars))
}

func validResource(id string) bool {
	for _, prefix := range []string{ApplicationPrefix, ArxPrefix, KeyPrefix, ManagementKeyPrefix} {
		if ValidID(prefix, id) {
			return true
		}
	}
	return false
}

// ListEvents is the operation on audit events.
var ListEvents = Operation[ListEventsRequest, AuditEvents]{
	Name: "audit", Method: "GET", Path: "/v1/audit", Permission: ManageKeys, Status: 200,
	Summary: "List changes, newest first, of one resource or, for owners and admins, of all resources.",
}
