package keys

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// mayCreate reports whether the person may create applications and Arxes.
func (w *Wizard) mayCreate() bool { return w.session.Me().Can[string(api.WriteCatalog)] }

// creates reports whether the step is a form that creates an application or an Arx instead of choosing one.
func (w *Wizard) creates() bool {
	return w.draft.Step == stepApplication && w.draft.NewApplication != nil || w.draft.Step == stepArx && w.draft.NewArx != nil
}

// busy reports whether a request is running whose answer changes the steps.
func (w *Wizard) busy() bool {
	return w.running || w.newApplication.Running() || w.newArx.Running()
}

// restoreForms fills the forms from the draft.
func (w *Wizard) restoreForms() {
	w.newApplication.Begin(w.draft.NewApplication, w.saveForms)
	w.newArx.Begin(w.draft.NewArx, w.session.Region(), w.saveForms)
}

// saveForms stores the draft with the input of the forms that are open.
func (w *Wizard) saveForms() {
	if w.draft.NewApplication != nil {
		w.draft.NewApplication = w.newApplication.Draft()
	}
	if w.draft.NewArx != nil {
		w.draft.NewArx = w.newArx.Draft()
	}
	w.change()
}

func (w *Wizard) createApplication() {
	w.newApplication.Begin(nil, w.saveForms)
	w.draft.NewApplication = w.newApplication.Draft()
	w.opened(stepApplication)
}

func (w *Wizard) createArx() {
	w.newArx.Begin(nil, w.session.Region(), w.saveForms)
	w.draft.NewArx = w.newArx.Draft()
	w.opened(stepArx)
}

// opened stores that a form is open, and focuses it if its step is shown.
func (w *Wizard) opened(at step) {
	w.missing = false
	w.change()
	if w.draft.Step == at {
		ui.Focus(w.ctx, "name")
	}
}

// chooseExistingApplication closes the form. What was entered in it is forgotten.
func (w *Wizard) chooseExistingApplication() {
	if !w.busy() {
		w.draft.NewApplication = nil
		w.closed()
	}
}

// chooseExistingArx closes the form. What was entered in it is forgotten.
func (w *Wizard) chooseExistingArx() {
	if !w.busy() {
		w.draft.NewArx = nil
		w.closed()
	}
}

func (w *Wizard) closed() {
	w.change()
	ui.Focus(w.ctx, ui.StepTitle)
}

// settleApplication opens the form if there is no application, and chooses the only one that there is.
func (w *Wizard) settleApplication() {
	switch {
	case w.draft.NewApplication != nil || w.draft.Application != nil:
	case w.applications.nothing(len(w.applications.Value.Items)):
		if w.mayCreate() {
			w.createApplication()
		}
	default:
		w.draft.Application = w.loneApplication()
	}
}

// settleArx opens the form if there is no Arx, and chooses the only one that there is.
func (w *Wizard) settleArx() {
	switch {
	case w.draft.NewArx != nil || w.draft.Arx != nil:
	case w.arxes.nothing(len(w.arxes.Value.Items)):
		if w.mayCreate() {
			w.createArx()
		}
	default:
		w.draft.Arx = w.loneArx()
	}
}

func (w *Wizard) loneApplication() *api.Application {
	if w.draft.Like != nil { // of another one, which is not active
		return nil
	}
	return w.applications.lone(func(a api.Application) bool { return a.Status == api.ApplicationActive })
}

func (w *Wizard) loneArx() *api.Arx {
	if w.draft.Like != nil {
		return nil
	}
	return w.arxes.lone(func(a api.Arx) bool { return a.Status == api.ArxActive })
}

// loneHint says why the only application or Arx is chosen.
func (w *Wizard) loneHint(lone bool, noun string) string {
	if !lone {
		return ""
	}
	return "The only active " + noun + ", so it is chosen already."
}

// instead says before the question of a step why that of a duplicated key is not chosen.
func (w *Wizard) instead(chosen bool, noun string) string {
	if chosen || w.draft.Like == nil {
		return ""
	}
	return "The " + noun + " of " + w.draft.Like.Name + " is not active. "
}

// createInPlace creates what the form of the step describes, chooses it, and goes to the next step.
func (w *Wizard) createInPlace() {
	at, c := w.draft.Step, w.session.Client()
	if at == stepApplication {
		w.newApplication.Create(w.ctx, c, w.saveForms, func(a api.Application) {
			w.draft.NewApplication = nil
			w.applications.add(a, func(other api.Application) bool { return other.ID == a.ID })
			w.chooseApplication(a)
			w.madeInPlace(at, "Application "+a.Name+" is created.")
		})
		return
	}
	w.newArx.Create(w.ctx, c, w.saveForms, func(a api.Arx) {
		w.draft.NewArx = nil
		w.arxes.add(a, func(other api.Arx) bool { return other.ID == a.ID })
		w.chooseArx(a)
		w.madeInPlace(at, "Arx "+a.Name+" is created.")
	})
}

// madeInPlace says what was created, and goes to the next step unless the person has left the step meanwhile.
func (w *Wizard) madeInPlace(at step, text string) {
	if w.draft.Step == at && !w.path.Left() {
		w.goTo(at + 1)
	}
	w.created = text
	ui.Announce(w.ctx, text)
}

// withCreated draws what the step before has created, above the content of a step.
func (w *Wizard) withCreated(content []app.UI) []app.UI {
	var done app.UI
	if w.created != "" {
		done = app.P().Class("ok", "card-body").Body(ui.Icon("check"), app.Text(w.created))
	}
	return append([]app.UI{ui.Slot(done)}, content...)
}

// creationStep draws a step with a form that creates something. Enter is Next.
func (w *Wizard) creationStep(title, lead string, form app.UI) app.UI {
	return ui.StepForm(w.onSubmit, title, lead, w.withCreated([]app.UI{form}),
		w.foot(w.draft.Step == stepApplication, &ui.Button{ID: "next", Label: "Next", Look: ui.Primary, Submit: true, Busy: w.busy()}))
}
