package arxes

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session/sessiontest"
	"github.com/arxkeys/arxkeys/shared/api"
)

// visitor is a signed-in person.
type visitor struct{ sessiontest.Drafts }

func (*visitor) Me() api.Me { return api.Me{Principal: api.By{ID: "mara"}} }

func mountWizard(t *testing.T) *Create {
	c := NewCreate(&visitor{})
	d := app.NewClientTester(c)
	t.Cleanup(d.Close)
	d.Consume()
	return c
}

// press presses Next or Create.
func press(c *Create) { c.submit(c.ctx, app.Event{Value: app.Null()}) }

func TestWizardGoesOnOnlyFromWhatIsRight(t *testing.T) {
	c := mountWizard(t)
	press(c)
	if c.step != 0 || c.entered.form.Error("name", c.entered.request.Validate()) == "" {
		t.Fatalf("at step %d without a name", c.step)
	}
	c.entered.setName("Rates EU")
	press(c)
	c.entered.setRegion("eu-central-1", false)
	press(c)
	if c.step != 1 {
		t.Fatalf("at step %d without a region", c.step)
	}
	c.entered.setRegion("eu-central-1", true)
	press(c)
	if c.step != summary {
		t.Fatalf("at step %d, want the summary", c.step)
	}
	c.back()
	if c.step != 1 || !cmp.Equal(c.entered.request.Regions, []string{"eu-central-1"}) {
		t.Errorf("back at step %d with %v", c.step, c.entered.request.Regions)
	}
}

func TestOnlyTheNameIsLeftToAPerson(t *testing.T) {
	for home, want := range map[string]string{"": "eu-central-1", "us-west-2": "us-west-2"} {
		f := newForm(home)
		f.setName("Rates EU")
		if err := f.request.Validate(); err != nil {
			t.Error(err)
		}
		if !cmp.Equal(f.request.Regions, []string{want}) {
			t.Errorf("regions %v at home in %q", f.request.Regions, home)
		}
		for _, p := range api.Providers {
			f.setProvider(p)
			if err := f.request.Validate(); err != nil {
				t.Errorf("%s: %v", p, err)
			}
		}
	}
}

func TestDraftComesBackAtAStepThatItAllows(t *testing.T) {
	c := mountWizard(t)
	c.entered.setName("Rates EU")
	c.goTo(1)
	c.step = 0
	c.entered.request.Name = ""
	c.restore()
	if c.step != 1 || c.entered.request.Name != "Rates EU" {
		t.Errorf("restored %q at step %d", c.entered.request.Name, c.step)
	}
	c.entered.request.Name = ""
	c.goTo(4) // the draft is of an older console, or was tampered with
	c.restore()
	if c.step != 0 {
		t.Errorf("restored at step %d without a name", c.step)
	}
	c.forget()
}

func TestAddressOfTheWizardNamesItsStep(t *testing.T) {
	c := NewCreate(&visitor{})
	d := app.NewClientTester(c)
	t.Cleanup(d.Close)
	d.Consume()
	c.entered.setName("Rates EU")
	for _, row := range []struct {
		query string
		want  step
	}{{"step=2", 1}, {"step=3", 2}, {"step=4", 2}, {"step=1", 0}, {"", 0}, {"step=-1", 0}, {"step=three", 0}} {
		d.Nav(&url.URL{Scheme: "https", Host: "keys.example", Path: "/arxes/new", RawQuery: row.query})
		d.Consume()
		address := c.ctx.Page().URL().RawQuery
		if c.step != row.want || address != fmt.Sprintf("step=%d", row.want+1) {
			t.Errorf("%q shows step %d at %q, want %d", row.query, c.step, address, row.want)
		}
	}
	c.forget()
}

func TestWhatIsEnteredIsKeptAtOnce(t *testing.T) {
	c := mountWizard(t)
	c.entered.setName("Rates EU")
	c.entered.request.Name = ""
	c.restore()
	if c.entered.request.Name != "Rates EU" {
		t.Error("a name is kept only once its step is left")
	}
	c.forget()
}

func TestEditSendsOnlyWhatDiffersAndBindsItToWhatWasRead(t *testing.T) {
	from := api.Arx{ID: "arx_1", Name: "Rates EU", Endpoint: "https://rates.example", Owner: "mara", Regions: []string{"eu-central-1"}, Cycle: api.ThreeMonths, Version: "7"}
	to := api.CreateArxRequest{Name: "Rates EU", Owner: "mara", Regions: []string{"eu-central-1", "eu-west-1"}, Cycle: api.ThreeMonths}
	r := change(from, to)
	if r.IfMatch != `"7"` || !r.Name.IsZero() || !r.Owner.IsZero() || !r.Cycle.IsZero() || !r.Description.IsZero() {
		t.Errorf("sent %+v", r)
	}
	if !r.Endpoint.Removes() {
		t.Error("an endpoint that is taken away stays")
	}
	if regions, ok := r.Regions.Get(); !ok || len(regions) != 2 {
		t.Errorf("regions %v", regions)
	}
}
