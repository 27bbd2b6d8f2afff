package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/applications"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// refreshApplication updates the chosen application from the items, and clears the choice if it is no
// longer active.
func (d *draft) refreshApplication(items []api.Application) {
	for i, a := range items {
		if d.Application == nil || a.ID != d.Application.ID {
			continue
		}
		d.Application = &items[i]
		if a.Status != api.ApplicationActive {
			d.Application = nil
		}
		return
	}
}

// refreshArx updates the chosen Arx from the items, and clears the choice if it is no longer active. If
// none is chosen, it chooses the default Arx if that is active, but not for a duplicate, which was of another one.
func (d *draft) refreshArx(items []api.Arx) {
	for i, a := range items {
		if d.Arx == nil && d.Like == nil && a.IsDefault && a.Status == api.ArxActive {
			d.Arx = &items[i]
			return
		}
		if d.Arx == nil || a.ID != d.Arx.ID {
			continue
		}
		d.Arx = &items[i]
		if a.Status != api.ArxActive {
			d.Arx = nil
		}
		return
	}
}

func (w *Wizard) chooseApplication(a api.Application) {
	w.draft.Application, w.missing = &a, false
	w.editor.form.Change("application_id")
}

func (w *Wizard) chooseArx(a api.Arx) {
	w.draft.Arx, w.missing = &a, false
	w.editor.form.Change("arx_id")
}

func (w *Wizard) searchApplications(text string) {
	w.applications.find(w.ctx, text, w.listApplications, w.refresh)
}

func (w *Wizard) searchArxes(text string) { w.arxes.find(w.ctx, text, w.listArxes, w.refresh) }

func (w *Wizard) moreApplications() { w.applications.further(w.ctx, w.listApplications, w.refresh) }
func (w *Wizard) moreArxes()        { w.arxes.further(w.ctx, w.listArxes, w.refresh) }

func (w *Wizard) clearApplications() {
	w.searchApplications("")
	ui.Focus(w.ctx, "applications-search")
}

func (w *Wizard) clearArxes() {
	w.searchArxes("")
	ui.Focus(w.ctx, "arxes-search")
}

func (w *Wizard) applicationStep() app.UI {
	if w.draft.NewApplication != nil {
		return w.creationStep("Application", "Which application will hold the key?", w.newApplication.UI(w.applications.nothing(len(w.applications.Value.Items)), w.chooseExistingApplication))
	}
	var cards []app.UI
	for _, a := range w.applications.Value.Items {
		if !w.applications.finds(a.ID, a.Name, a.Description) {
			continue
		}
		note := a.Description
		switch a.Status {
		case api.ApplicationDisabled:
			note = "Disabled. Enable the application first."
		case api.ApplicationArchived:
			note = "Archived. Unarchive and enable the application first."
		}
		cards = append(cards, &ui.Choice{
			Group: "application", Value: a.ID, Title: a.Name, Note: note, End: applications.TechnologyName(a.Technology) + "\n" + ui.Counted(a.Keys.Total, "key", "keys"),
			Chosen: w.draft.Application != nil && w.draft.Application.ID == a.ID, Disabled: a.Status != api.ApplicationActive,
			OnChoose: func(bool) { w.chooseApplication(a) },
		})
	}
	total, walk := len(w.applications.Value.Items), w.walk(true)
	register := w.register(&ui.Button{Label: "Create application", Small: true, OnClick: w.createApplication})
	none := ui.Empty{ID: "no-application", Title: "No applications yet", Text: "A key belongs to an application: something that calls. Ask an owner or an admin to create the first one."}
	if w.applications.nothing(total) {
		register, walk = nil, nil
	}
	content := w.applications.content(offer{
		id: "applications", legend: "Application", searchName: "Search applications", noun: "application", plural: "applications", total: total, cards: cards,
		hint:      w.loneHint(w.loneApplication() != nil, "application"),
		fault:     w.missed("application_id", "Choose the application that will hold the key."),
		none:      none,
		unmatched: "No application matches",
		search:    w.searchApplications, clear: w.clearApplications, further: w.moreApplications, retry: w.readApplications,
	})
	return ui.StepCard("Application", w.instead(w.draft.Application != nil, "application")+"Which application will hold the key?", register, w.withCreated(content), walk)
}

func (w *Wizard) arxStep() app.UI {
	lead := "Which Arx may it call?"
	if a := w.draft.Application; a != nil {
		lead = "Which Arx may " + a.Name + " call with it?"
	}
	if w.draft.NewArx != nil {
		return w.creationStep("Arx", lead, w.newArx.UI(w.arxes.nothing(len(w.arxes.Value.Items)), w.chooseExistingArx))
	}
	var cards []app.UI
	for _, a := range w.arxes.Value.Items {
		if !w.arxes.finds(a.ID, a.Name, a.Description, a.Endpoint) {
			continue
		}
		note, badge := arxes.Place(a)+" · rotates "+arxes.Every(a.Cycle), ""
		if a.Status != api.ArxActive {
			note = "Disabled. A disabled Arx takes no new keys."
		}
		if a.IsDefault {
			badge = "Default"
		}
		cards = append(cards, &ui.Choice{
			Group: "arx", Value: a.ID, Title: a.Name, Tag: arxes.Env(a.Purpose), Badge: badge, Note: note, End: ui.Counted(a.Keys.Total, "key", "keys"),
			Chosen: w.draft.Arx != nil && w.draft.Arx.ID == a.ID, Disabled: a.Status != api.ArxActive,
			OnChoose: func(bool) { w.chooseArx(a) },
		})
	}
	total, walk := len(w.arxes.Value.Items), w.walk(false)
	register := w.register(&ui.Button{Label: "Create Arx", Small: true, OnClick: w.createArx})
	none := ui.Empty{ID: "no-arx", Title: "No Arxes yet", Text: "A key opens one Arx: a cluster that is called. Ask an owner or an admin to create the first one."}
	if w.arxes.nothing(total) {
		register, walk = nil, w.foot(false)
	}
	content := w.arxes.content(offer{
		id: "arxes", legend: "Arx", searchName: "Search Arxes", noun: "Arx", plural: "Arxes", total: total, cards: cards,
		hint:      w.loneHint(w.loneArx() != nil, "Arx"),
		fault:     w.missed("arx_id", "Choose the Arx that the key opens."),
		none:      none,
		unmatched: "No Arx matches",
		search:    w.searchArxes, clear: w.clearArxes, further: w.moreArxes, retry: w.readArxes,
	})
	return ui.StepCard("Arx", w.instead(w.draft.Arx != nil, "Arx")+lead, register, w.withCreated(content), walk)
}

// register returns the button to create another application or Arx, or nothing if the person may not.
func (w *Wizard) register(way *ui.Button) []app.UI {
	if !w.mayCreate() {
		return nil
	}
	way.ID, way.Icon = "register", "plus"
	return []app.UI{way}
}

func (w *Wizard) optionsStep() app.UI {
	hint := ""
	if a := w.draft.Arx; a != nil {
		hint = "Rotation is due " + arxes.Every(a.Cycle) + " either way."
	}
	lead, copied := "All options have defaults and can be changed later.", ui.Slot()
	if l := w.draft.Like; l != nil {
		lead = "Taken from " + l.Name + ". Change what differs."
		said := "Everything but the access key is copied."
		if d := w.draft; d.Application.ID != l.ApplicationID || d.Arx.ID != l.ArxID {
			said = "All settings are copied."
		}
		copied = app.Div().Class("card-body").Body(ui.Banner("", "duplicate", said, "The new key gets its own, and "+ui.Verbatim(l.Name)+" stays as it is."))
	}
	options := expiryOptions
	if at := w.draft.Kept; !at.IsZero() {
		options = keeping(at, time.Now())
	}
	w.editor.suggestions = w.siblings.Value
	return ui.StepForm(w.onSubmit, "Options", lead, w.withCreated([]app.UI{copied, w.editor.fields(options, hint)}),
		w.foot(false, &ui.Button{ID: "next", Label: "Next", Look: ui.Primary, Submit: true}))
}

// onSubmit goes to the next step, also on Enter in a field.
func (w *Wizard) onSubmit(_ app.Context, e app.Event) {
	e.PreventDefault()
	w.next()
}

func (w *Wizard) changeApplication() { w.pick(int(stepApplication)) }
func (w *Wizard) changeArx()         { w.pick(int(stepArx)) }
func (w *Wizard) changeOptions()     { w.pick(int(stepOptions)) }

func (w *Wizard) summaryStep() app.UI {
	d, now := w.draft, time.Now()
	caller := []ui.Fact{
		ui.TextFact("Application", d.Application.Name, ""),
		ui.TextFact("Technology", applications.TechnologyName(d.Application.Technology), ""),
	}
	if origins := d.Application.AllowedOrigins; len(origins) > 0 {
		caller = append(caller, ui.Fact{Term: "Allowed origins", Value: []app.UI{ui.Tokens(origins)}})
	}
	caller = append(caller, ui.TextFact("Owner", d.Application.Owner, "Nobody"))
	content := []app.UI{
		w.group("Who calls", w.changeApplication, caller...),
		w.group("What is called", w.changeArx,
			ui.Fact{Term: "Arx", Value: []app.UI{app.Text(d.Arx.Name + " "), ui.Tag(arxes.Env(d.Arx.Purpose))}},
			ui.AddressFact("Endpoint", d.Arx.Endpoint, "None"),
			ui.Fact{Term: "Provider", Value: ui.Whole(arxes.Place(*d.Arx))},
			ui.TextFact("Encryption", arxes.EncryptionName(d.Arx.Encryption), ""),
			ui.TextFact("Rotation", ui.Sentence(arxes.Every(d.Arx.Cycle)), ""),
		),
		w.group("How", w.changeOptions,
			append([]ui.Fact{ui.TextFact("Name", d.Name, "Unnamed"), d.expiryFact(now)}, bounds(d.scopes(), d.rateLimit(), d.uses(), d.ips(), d.Metadata)...)...,
		),
	}
	content = append(content, ui.Slot(w.failure()))
	return ui.StepCard("Summary", "The key has not been created yet. Check the settings, then create it.", nil, content, []app.UI{
		app.Span().Class("push"),
		&ui.Button{ID: "back", Label: "Back", Disabled: w.running, OnClick: w.back},
		&ui.Button{ID: "create", Label: "Create", Look: ui.Primary, Busy: w.running, OnClick: w.create},
	})
}

// failure draws why the key was not created or, without an answer, that its outcome is unknown.
func (w *Wizard) failure() app.UI {
	switch {
	case w.err == nil:
		return nil
	case ui.Unknown(w.err):
		return failed("It is unknown whether the key was created.", problem.Of(w.err).Detail+
			" Create it again from here: the retry does not create a second key.")
	}
	return failed("The key was not created.", problem.Of(w.err).Detail)
}

func failed(first, rest string) app.UI {
	return app.Div().Class("summary-group").Body(ui.Banner("bad", "warning", first, rest))
}

func (w *Wizard) group(title string, change func(), facts ...ui.Fact) app.UI {
	return app.Section().Class("summary-group").Body(
		app.Header().Body(app.H3().Text(title),
			&ui.Button{Label: "Change", Name: "Change: " + title, Icon: "edit", Look: ui.Quiet, Small: true, Disabled: w.running, OnClick: change}),
		ui.Facts(facts...),
	)
}
