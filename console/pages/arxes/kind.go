package arxes

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// session is what the pages need of a session.
type session interface {
	catalog.Session
	Region() string // of this deployment on AWS, or empty
}

type kind = catalog.Kind[api.Arx, api.ArxID, api.UpdateArxRequest]

// arxes defines what differs between the pages of Arxes and those of applications.
var arxes = &kind{
	One: "Arx", Many: "Arxes", Path: "/arxes", Icon: "arx", Drawing: tower,

	ID:      func(id string) api.ArxID { return api.ArxID{ID: id} },
	Summary: summaryOf,
	Get:     api.GetArx,
	Update:  api.UpdateArx, Enable: api.EnableArx,

	Form:  formOf,
	Aside: aside,
	Facts: facts,
	State: state,

	Transitions: transitions,
	StopFacts: func(a api.Arx) []ui.Fact {
		return []ui.Fact{{Term: "Arx", Value: []app.UI{app.Text(a.Name + " "), ui.Tag(Env(a.Purpose))}}, ui.TextFact("Endpoint", a.Endpoint, "None")}
	},
	StopDetail: func(name string) string { return "Whatever calls " + name + " with them is refused within seconds." },

	Keys:    func(id string) api.ListKeysRequest { return api.ListKeysRequest{ArxID: id} },
	AllKeys: "/keys?arx=",
	NewKey:  "/keys/new?arx=",
	NoKeys:  "None yet. Without a key nothing can call it.",
	Tag:     Tag,
	Joined:  func(k api.KeySummary) app.UI { return app.Text(k.Application.Name) },

	With: func(k api.KeySummary, a api.Arx) api.KeySummary { return k.Beside(k.Application.Status, a.Status) },
	Beside: func(other, changed api.Arx) api.Arx {
		other.IsDefault = other.IsDefault && !changed.IsDefault // there is one default
		return other
	},
}

const tower ui.Drawing = "M76 40h8v5h6v-5h12v5h6v-5h8v12l-4 4v20H80V56l-4-4zM92 76V66a4 4 0 0 1 8 0v10"

// NewDetail returns the page of an Arx.
func NewDetail(s session) app.Composer { return arxes.NewDetail(s) }

// NewEdit returns the page that edits an Arx.
func NewEdit(s session) app.Composer { return arxes.NewEdit(s) }

func summaryOf(a api.Arx) catalog.Summary {
	return catalog.Summary{
		Permits: a.Permits, ID: a.ID, Name: a.Name, Description: a.Description, Status: string(a.Status), Default: a.IsDefault,
		Gone: a.Status == api.ArxDeleted, Final: a.Status == api.ArxDeleted,
		Keys: a.Keys, CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
	}
}

func state(a api.Arx) app.UI {
	if a.Status == api.ArxDeleted {
		return ui.Banner("", "info", "It is deleted, and its keys with it.", "It stays readable for 90 days.")
	}
	return nil
}

func facts(a api.Arx) []ui.Fact {
	return []ui.Fact{
		{Term: "Purpose", Value: []app.UI{app.Text(PurposeName(a.Purpose) + " "), ui.Tag(Env(a.Purpose))}},
		ui.AddressFact("Endpoint", a.Endpoint, "None"),
		ui.TextFact("Provider", ProviderName(a.Provider), ""),
		{Term: "Regions", Value: []app.UI{ui.Tokens(a.Regions)}},
		ui.TextFact("Plan", PlanName(a.Plan), ""),
		ui.TextFact("Encryption", EncryptionName(a.Encryption), ""),
		ui.TextFact("Rotation", ui.Sentence(Every(a.Cycle)), ""),
		ui.TextFact("Owner", a.Owner, "Nobody"),
	}
}
