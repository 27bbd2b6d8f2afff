package catalog

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Session is what the pages ask of who is signed in.
type Session = listing.Drafts

// Kind is a kind of record: applications, or Arxes. It holds everything in which their pages differ.
// T is a record, ID a request that names one, Update the request that changes one.
type Kind[T any, ID, Update api.Request] struct {
	One, Many string // as within a sentence: "application", "applications"
	Path      string // of the list: "/applications"
	Icon      string
	Drawing   ui.Drawing // of a list without records

	ID      func(id string) ID
	Summary func(T) Summary
	Get     api.Operation[ID, T]
	Update  api.Operation[Update, T]

	Form  func(T) Form[T, Update] // that edits the record
	Aside func() app.UI           // beside the form
	Facts func(T) []ui.Fact       // the settings, on the page of a record
	State func(T) app.UI          // what the page of a record says first; nil for nothing

	Transitions func(*Actions[T, ID, Update], T) []ui.Action // that change the state of a record
	StopFacts   func(T) []ui.Fact                            // that identify a record that is about to stop
	StopDetail  func(name string) string                     // what the callers of a stopped record notice

	Keys    func(id string) api.ListKeysRequest // that lists the record's keys
	AllKeys string                              // the address of the list of a record's keys, before the id
	NoKeys  string                              // in place of that list where it is empty
	Joined  func(api.KeySummary) app.UI         // what a key joins the record with
}

// Summary is what all records have.
type Summary struct {
	api.Permits
	ID, Name, Description string
	Status                string
	Default               bool
	Gone                  bool // it is listed only on demand
	Final                 bool // nothing can be done with it
	Keys                  api.KeyTotals
	CreatedAt, UpdatedAt  time.Time
	CreatedBy, UpdatedBy  api.By
}

func (k *Kind[T, ID, Update]) list() ui.Link {
	return ui.Link{Text: ui.Sentence(k.Many), Href: k.Path}
}

func (k *Kind[T, ID, Update]) address(id string) string { return k.Path + "/" + id }

// missing is the page of an address that names no record.
func (k *Kind[T, ID, Update]) missing() app.UI {
	return ui.Missing("No such "+k.One, "There is no "+k.One+" of this id. It may be another organisation’s.", ui.Link{Text: "All " + k.Many, Href: k.Path})
}

func statusBadge(s Summary) app.UI { return ui.Badge(s.Status, ui.Sentence(s.Status)) }

func defaultBadge() app.UI { return ui.Badge("default", "Default") }
