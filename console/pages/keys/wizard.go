package keys

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/applications"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Wizard is the page that creates an API key: application, Arx, options, summary, and then the access key,
// which it shows once.
type Wizard struct {
	app.Compo
	session session
	ctx     app.Context
	path    ui.Walk

	draft        draft
	applications choosing[api.Application, api.ApplicationTotals]
	arxes        choosing[api.Arx, api.ArxTotals]
	editor       editor

	newApplication applications.New // while draft.NewApplication is set
	newArx         arxes.New        // while draft.NewArx is set
	created        string           // what the latest step has created

	from     string // id of the key that is duplicated, or empty
	original ui.Reading[original]
	siblings siblings
	missing  bool // Next was pressed without a choice
	running  bool
	lost     bool // a reload has lost an access key, which is said first
	err      error
	shown    shown
}

// NewWizard returns the page.
func NewWizard(s session) *Wizard {
	w := &Wizard{session: s}
	w.editor = editor{settings: &w.draft.settings, form: ui.Form{Changed: w.change}, invalid: func() error { return w.draft.invalid(time.Now()) }}
	return w
}

// OnMount restores the draft, if the tab has one, or says that a reload has lost an access key.
func (w *Wizard) OnMount(ctx app.Context) {
	w.ctx = ctx
	w.path.Begin(ctx)
	w.path.Keep = fromParam
	w.shown.mount(ctx, w.session, w.done, false)
	w.start()
}

// begin restores the draft of a new key or, with from, of a duplicate of that key.
func (w *Wizard) begin(from string) {
	w.from, w.draft, w.siblings.of = from, draft{}, ""
	w.original.Forget()
	w.siblings.Forget()
	var kept draft
	if w.session.Draft(w.draftName(), &kept) {
		w.draft = kept
	} else if from != "" {
		w.readOriginal()
	}
	w.restoreForms()
}

// OnNav shows the step that the new address names.
func (w *Wizard) OnNav(app.Context) {
	if from := w.asksFrom(); from != w.from && !w.lost && !w.busy() && w.shown.created == nil {
		w.begin(from)
		w.refresh()
	}
	w.visit()
}

// OnDismount forgets the access key.
func (w *Wizard) OnDismount() {
	w.shown.forget()
	if w.lost {
		w.shown.DropUnstored()
	}
}

// draftName is the name of a new key's draft.
const draftName = "key"

// draftName returns the name of the draft. Each duplicate has its own.
func (w *Wizard) draftName() string {
	if w.from == "" {
		return draftName
	}
	return "duplicate/" + w.from
}

func (w *Wizard) save() { w.session.KeepDraft(w.draftName(), w.draft) }

// change stores the changed draft. The next request is a different one, with its own idempotency key.
func (w *Wizard) change() {
	w.draft.Attempt = ""
	w.save()
}

func (w *Wizard) forget() { w.session.DropDraft(w.draftName()) }

func (w *Wizard) readApplications() { w.applications.read(w.ctx, w.listApplications, w.refresh) }
func (w *Wizard) readArxes()        { w.arxes.read(w.ctx, w.listArxes, w.refresh) }

func (w *Wizard) listApplications(ctx context.Context, page api.Page) (api.ApplicationList, error) {
	return client.Call(ctx, w.session.Client(), api.ListApplications, api.ListApplicationsRequest{Page: page})
}

func (w *Wizard) listArxes(ctx context.Context, page api.Page) (api.ArxList, error) {
	return client.Call(ctx, w.session.Client(), api.ListArxes, api.ListArxesRequest{Page: page})
}

// refresh updates the choices from what was read, and leaves a step whose choice is no longer valid. It does
// nothing while the key is being created.
func (w *Wizard) refresh() {
	if w.asked() {
		return
	}
	if w.applications.Here {
		w.draft.refreshApplication(w.applications.Value.Items)
		w.settleApplication()
	}
	if w.arxes.Here {
		w.draft.refreshArx(w.arxes.Value.Items)
		w.settleArx()
	}
	w.replaceStep(w.draft.Step)
}

// asked reports whether there are no steps: the key is being created or was created, or the key to duplicate is
// not read yet.
func (w *Wizard) asked() bool {
	return w.lost || w.running || w.shown.created != nil || w.path.Left() || w.unread()
}

// visit shows the step that the address names, or else the latest step of the draft.
func (w *Wizard) visit() {
	if asked, ok := w.path.Asked(); ok {
		w.replaceStep(step(asked))
		return
	}
	w.replaceStep(w.draft.Step)
}

// replaceStep shows the asked step or, if an earlier one is incomplete, the first incomplete step, and
// corrects the address. It does nothing once the key is being created.
func (w *Wizard) replaceStep(asked step) {
	if w.asked() {
		return
	}
	now := time.Now()
	at := w.draft.allows(asked, now)
	if at != w.draft.Step {
		w.show(at)
	}
	if asked > at && at == stepOptions {
		w.editor.form.Submit(w.draft.invalid(now))
	}
	w.path.Instead(int(at))
	w.readSiblings()
}

// goTo shows the step and adds it to the history.
func (w *Wizard) goTo(to step) {
	w.show(to)
	w.path.To(int(to))
}

// show shows the step and focuses its heading.
func (w *Wizard) show(to step) {
	w.draft.Step, w.missing, w.err, w.created = to, false, nil, ""
	w.save()
	w.readSiblings()
	ui.Focus(w.ctx, w.first())
}

// first returns the id of what gets the focus when the step is shown: its heading, or the first field of a form
// that creates something.
func (w *Wizard) first() string {
	if w.creates() {
		return "name"
	}
	return ui.StepTitle
}

func (w *Wizard) pick(s int) {
	if to := step(s); to < w.draft.Step && !w.busy() {
		w.goTo(to)
	}
}

func (w *Wizard) back() { w.pick(int(w.draft.Step) - 1) }

// next goes to the next step. If the current one is incomplete, it focuses the first invalid field.
func (w *Wizard) next() {
	switch {
	case w.busy():
		return
	case w.creates():
		w.createInPlace()
		return
	}
	switch w.draft.Step {
	case stepApplication:
		w.missing = w.draft.Application == nil
	case stepArx:
		w.missing = w.draft.Arx == nil
	case stepOptions:
		if !w.editor.form.Submit(w.draft.invalid(time.Now())) {
			ui.FocusError(w.ctx)
			return
		}
	case stepSummary:
		return
	}
	if w.missing {
		ui.FocusError(w.ctx)
		return
	}
	w.goTo(w.draft.Step + 1)
}

func (w *Wizard) cancel() {
	w.forget()
	if w.from != "" {
		w.path.Leave("/keys/" + w.from)
		return
	}
	w.path.Leave("/keys")
}

// create creates the key, one request at a time. From here on, the guard asks before a person leaves. The
// draft keeps the request's idempotency key: if the answer is lost, a retry creates no second key.
func (w *Wizard) create() {
	if w.running || w.shown.created != nil || w.draft.Step != stepSummary {
		return
	}
	now := time.Now()
	if err := w.draft.invalid(now); err != nil { // the chosen date may have passed since
		w.refused(err)
		return
	}
	if w.draft.Attempt == "" {
		w.draft.Attempt, w.draft.Asked = rand.Text(), now
		w.save()
	}
	w.running, w.err = true, nil
	w.shown.Guard()
	request := w.draft.request(now)
	w.ctx.Async(func() {
		created, err := client.Call(w.ctx, w.session.Client(), api.CreateKey, request)
		w.ctx.Dispatch(func(app.Context) { w.afterCreate(created, err) })
	})
}

func (w *Wizard) afterCreate(created api.CreatedKey, err error) {
	w.running = false
	if err != nil {
		w.refused(err)
		return
	}
	w.forget()
	if a := w.draft.Arx; a != nil {
		w.shown.endpoint = a.Endpoint
	}
	if a := w.draft.Application; a != nil && len(a.AllowedOrigins) > 0 {
		w.shown.caller = a.AllowedOrigins[0]
	}
	w.shown.show(created)
	w.draft = draft{}
	ui.Focus(w.ctx, ui.StepTitle)
}

// refused shows why the key was not created: at the invalid field, or else in the summary.
func (w *Wizard) refused(err error) {
	if !ui.Unknown(err) { // the request is finished: the next one needs its own idempotency key
		w.change()
	}
	if w.editor.form.Tell(err) {
		to := stepOf(w.editor.form.Told()[0])
		if w.shown.Guarded() { // reuse the guard's history entry for the step
			w.shown.Stop()
			w.show(to)
			w.path.Instead(int(to))
		} else {
			w.goTo(to)
		}
		w.refresh()
		w.missing = w.draft.Step < stepOptions
		ui.FocusError(w.ctx)
		return
	}
	w.shown.Cancel()
	w.refresh()
	w.err = err
	ui.Announce(w.ctx, "The key was not created.")
}

// done leaves the wizard after the person has stored the access key.
func (w *Wizard) done() {
	ui.Notify(w.ctx, ui.Toast{Text: w.shown.created.Key.Title() + " is created.", Detail: "It verifies from now on."})
	w.path.Leave("/keys")
}

// Render draws the wizard.
func (w *Wizard) Render() app.UI {
	head := ui.Head{Title: "Create API key"}
	if w.from != "" {
		head.Title = "Duplicate API key"
	}
	if w.shown.created == nil {
		head.Actions = []app.UI{&ui.Button{Label: "Cancel", Icon: "x", Look: ui.Quiet, Disabled: w.busy(), OnClick: w.cancel}}
	}
	if w.path.Left() {
		return ui.Page(head)
	}
	if w.lost {
		return ui.Page(head, &ui.Steps{Names: stepNames, Current: int(stepAccessKey)}, app.Div().Class("wizard").Body(w.lostCard()))
	}
	if w.unread() {
		return w.waitForOriginal(head)
	}
	at := w.draft.Step
	if w.shown.created != nil {
		at = stepAccessKey
	}
	card, side := w.step()
	body := []app.UI{
		&ui.Steps{Names: stepNames, Current: int(at), Open: w.shown.created == nil && !w.busy(), OnPick: w.pick},
		app.Div().Class("wizard").Body(card, side),
	}
	return ui.Page(head, append(body, ui.Slot(w.shown.dialog()))...)
}

// step draws the card of the step and the card beside it.
func (w *Wizard) step() (card, side app.UI) {
	switch {
	case w.shown.created != nil:
		return w.shown.card(), w.shown.facts("Created")
	case w.draft.Step == stepApplication:
		return w.applicationStep(), w.soFar()
	case w.draft.Step == stepArx:
		return w.arxStep(), w.soFar()
	case w.draft.Step == stepOptions:
		return w.optionsStep(), w.soFar()
	}
	return w.summaryStep(), ui.Aside("What happens next", app.P().Class("hint").Text(
		"You see the access key once, on the next screen. Have your secret store open."))
}

// walk returns the foot of a step before the summary.
func (w *Wizard) walk(first bool) []app.UI {
	return w.foot(first, &ui.Button{ID: "next", Label: "Next", Look: ui.Primary, OnClick: w.next})
}

// foot returns Back, unless the step is the first, and the given buttons.
func (w *Wizard) foot(first bool, on ...app.UI) []app.UI {
	foot := []app.UI{app.Span().Class("push")}
	if !first {
		foot = append(foot, &ui.Button{ID: "back", Label: "Back", Disabled: w.busy(), OnClick: w.back})
	}
	return append(foot, on...)
}

// soFar draws what was entered so far.
func (w *Wizard) soFar() app.UI {
	application, arx := ui.TextFact("Application", "", "Not chosen yet"), ui.TextFact("Arx", "", "Not chosen yet")
	switch a := w.draft.Application; {
	case w.draft.NewApplication != nil:
		application = newFact("Application", w.newApplication.Name())
	case a != nil:
		application = ui.TextFact("Application", a.Name, "")
	}
	switch a := w.draft.Arx; {
	case w.draft.NewArx != nil && w.draft.Step > stepApplication:
		arx = newFact("Arx", w.newArx.Name())
	case w.draft.NewArx == nil && a != nil:
		arx = ui.Fact{Term: "Arx", Value: []app.UI{app.Text(a.Name + " "), ui.Tag(arxes.Env(a.Purpose))}}
	}
	facts := []ui.Fact{application, arx}
	if l := w.draft.Like; l != nil {
		facts = append([]ui.Fact{{Term: "Like", Value: []app.UI{app.A().Href("/keys/" + l.ID).Text(l.Name)}}}, facts...)
	}
	d := w.draft
	if d.empty() {
		return ui.Aside("So far", ui.Facts(append(facts, ui.TextFact("Options", "", "Defaults"))...))
	}
	facts = append(facts, ui.TextFact("Name", d.Name, "Unnamed"), d.expiryFact(time.Now()))
	if n := d.goodScopes(); n > 0 {
		facts = append(facts, ui.TextFact("Scopes", ui.Count(n), ""))
	}
	return ui.Aside("So far", ui.Facts(facts...))
}

// newFact is the fact of an application or Arx that is not created yet.
func newFact(term, name string) ui.Fact {
	return ui.Fact{Term: term, Value: append(ui.TextFact("", name, "Not named yet").Value, app.Small().Text("New"))}
}

// expiryFact tells when the key expires.
func (d settings) expiryFact(now time.Time) ui.Fact {
	at, ok := d.expiresAt(now)
	switch {
	case ok:
		return ui.Fact{Term: "Expires", Value: []app.UI{ui.Date(at, now)}}
	case d.Expiry == onDate:
		return ui.TextFact("Expires", "On a date", "")
	}
	return ui.TextFact("Expires", "Never", "")
}

// missed returns the text if the choice is missing, or the server's error for the field.
func (w *Wizard) missed(field, text string) string {
	if !w.missing {
		return ""
	}
	if told := w.editor.form.Error(field, nil); told != "" {
		return told
	}
	return text
}
