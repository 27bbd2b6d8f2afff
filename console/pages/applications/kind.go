package applications

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

type session = catalog.Session

type kind = catalog.Kind[api.Application, api.ApplicationID, api.UpdateApplicationRequest]

// applications defines what differs between the pages of applications and those of Arxes.
var applications = &kind{
	One: "application", Many: "applications", Path: "/applications", Icon: "app", Drawing: ui.DrawWindow,

	ID:      func(id string) api.ApplicationID { return api.ApplicationID{ID: id} },
	Summary: summaryOf,
	Get:     api.GetApplication,
	Update:  api.UpdateApplication, Enable: api.EnableApplication,

	Form:  formOf,
	Aside: aside,
	Facts: facts,

	Transitions: transitions,
	StopFacts: func(a api.Application) []ui.Fact {
		return []ui.Fact{ui.TextFact("Application", a.Name, ""), ui.TextFact("Owner", a.Owner, "Nobody")}
	},
	StopDetail: func(name string) string { return "Whatever " + name + " calls with them refuses it." },

	Keys:    func(id string) api.ListKeysRequest { return api.ListKeysRequest{ApplicationID: id} },
	AllKeys: "/keys?application=",
	NewKey:  "/keys/new?application=",
	NoKeys:  "None yet. Without a key it can’t call any Arx.",
	Tag:     arxes.Tag,
	Joined:  func(k api.KeySummary) app.UI { return arxes.Ref(k.Arx.Name, k.Arx.Purpose) },

	With: func(k api.KeySummary, a api.Application) api.KeySummary { return k.Beside(a.Status, k.Arx.Status) },
}

// NewDetail returns the page of an application.
func NewDetail(s session) app.Composer { return applications.NewDetail(s) }

// NewEdit returns the page that edits an application.
func NewEdit(s session) app.Composer { return applications.NewEdit(s) }

func summaryOf(a api.Application) catalog.Summary {
	return catalog.Summary{
		Permits: a.Permits, ID: a.ID, Name: a.Name, Description: a.Description, Status: string(a.Status), Gone: a.Status == api.ApplicationArchived,
		Keys: a.Keys, CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
	}
}

func facts(a api.Application) []ui.Fact {
	facts := []ui.Fact{
		ui.TextFact("Technology", TechnologyName(a.Technology), ""),
		ui.TextFact("Owner", a.Owner, "Nobody"),
	}
	if a.Technology == api.Client {
		facts = append(facts, ui.Fact{Term: "Allowed origins", Value: []app.UI{ui.Tokens(a.AllowedOrigins)}})
	}
	return facts
}
