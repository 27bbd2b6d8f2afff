package catalog

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Session is what the pages need of a session.
type Session = listing.Drafts

// Kind is a kind of record: applications or Arxes. It defines everything that differs between their
// pages. T is a record, ID a request that names one, Update a request that changes one.
type Kind[T any, ID, Update api.Request] struct {
	One, Many string // for the middle of a sentence: "application", "applications"
	Path      string // of the list, such as "/applications"
	Icon      string
	Drawing   ui.Drawing // for a list without records

	ID      func(id string) ID
	Summary func(T) Summary
	Get     api.Operation[ID, T]
	Update  api.Operation[Update, T]
	Enable  api.Operation[api.Target, T] // undoes Disable

	Form  func(T) Form[T, Update] // that edits the record
	Aside func() app.UI           // beside the form
	Facts func(T) []ui.Fact       // the settings, on the page of a record
	State func(T) app.UI          // drawn at the top of a record's page; may be nil

	Transitions func(*Actions[T, ID, Update], T) []ui.Action // that change the state of a record
	StopFacts   func(T) []ui.Fact                            // that identify a record in a confirmation dialog
	StopDetail  func(name string) string                     // what callers notice when the record is disabled

	Keys    func(id string) api.ListKeysRequest // that lists the record's keys
	AllKeys string                              // address of the list of a record's keys, without the id at its end
	NewKey  string                              // address that creates a key of a record, without the id at its end
	NoKeys  string                              // text if a record has no keys
	Tag     func(api.Purpose) app.UI            // draws the environment of an Arx
	Joined  func(api.KeySummary) app.UI         // draws the other side of a key: its Arx or its application

	With   func(k api.KeySummary, record T) api.KeySummary // the record's key, with the record's status
	Beside func(other, changed T) T                        // another record after a change; may be nil
}

// Summary holds the fields that all kinds have.
type Summary struct {
	api.Permits
	ID, Name, Description string
	Status                string
	Default               bool
	Gone                  bool // archived or deleted: listed only on demand
	Final                 bool // deleted: no action is possible
	Keys                  api.KeyTotals
	CreatedAt, UpdatedAt  time.Time
	CreatedBy, UpdatedBy  api.By
}

func (k *Kind[T, ID, Update]) list() ui.Link {
	return ui.Link{Text: ui.Sentence(k.Many), Href: k.Path}
}

func (k *Kind[T, ID, Update]) address(id string) string { return k.Path + "/" + id }

// missing draws the page for an address that names no record.
func (k *Kind[T, ID, Update]) missing() app.UI {
	return ui.Missing("No such "+k.One, "There is no "+k.One+" of this id. It may be another organisation’s.", ui.Link{Text: "All " + k.Many, Href: k.Path})
}

func statusBadge(s Summary) app.UI { return ui.Badge(s.Status, ui.Sentence(s.Status)) }

func defaultBadge() app.UI { return ui.Badge("default", "Default") }
