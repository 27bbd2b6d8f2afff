package api

import (
	"strings"
	"time"
)

// AuditEvent is one change: who did what to what, when, and from where.
//
// Events of a resource form a chain, by which an alteration shows: each holds the hash of the one
// before it. A hash is the SHA-256 of the event's JSON with an empty hash: members of all objects
// sorted by name, no white space, and <, > and & in strings written as \u003c, \u003e and \u0026.
type AuditEvent struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"` // the operation's name, such as keys.create
	Principal By                `json:"principal"`
	Resource  AuditResource     `json:"resource"`
	From      string            `json:"from"`    // client address
	Changes   map[string][2]any `json:"changes"` // by field: before and after, null where there was none
	RequestID string            `json:"request_id"`
	Previous  string            `json:"previous"` // hash of the resource's event before this one; empty for the first
	Hash      string            `json:"hash"`     // of all above, in hex
}

// AuditResource is what was changed, named as it was then.
type AuditResource struct {
	Kind string `json:"kind"` // application, arx, key or management_key
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AuditEvents is a page of events.
type AuditEvents struct {
	Items      []AuditEvent `json:"items"`
	NextCursor *string      `json:"next_cursor"`       // null on the last page
	Scanned    int          `json:"scanned,omitempty"` // how many events were looked at, where the page ended for that before it was full; next_cursor goes on behind them
}

// ListEventsRequest asks for a page of events, newest first: of one resource, or of the whole
// tenant. Both are kept for 400 days.
type ListEventsRequest struct {
	Limit       int       `query:"limit"`  // 1 to 100; 25 where left out
	Cursor      string    `query:"cursor"` // next_cursor of the page before; left out for the first page
	ResourceID  string    `query:"resource_id"`
	PrincipalID string    `query:"principal_id"` // a person's subject, or a management key's id
	Action      string    `query:"action"`       // an operation's name, such as keys.create
	From        time.Time `query:"from"`         // no event before it
	To          time.Time `query:"to"`           // no event from then on
}

const (
	maxPrincipalRunes = 256
	maxActionChars    = 64
)

// Validate answers what is wrong with the parameters.
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
		c.add("to", "out_of_range", "has to be later than from.")
	}
	return c.err()
}

// Items returns how many events the page may hold: the limit, or its default.
func (r ListEventsRequest) Items() int { return Page{Limit: r.Limit}.Items() }

// OfManagementKey reports whether the request asks for the history of a management key.
func (r ListEventsRequest) OfManagementKey() bool {
	return strings.HasPrefix(r.ResourceID, ManagementKeyPrefix)
}

// validAction reports whether the text has the form of an operation's name: a noun, and a verb after a point.
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
	Summary: "List what was changed, newest first: of one resource or, for owners and admins, of all.",
}
