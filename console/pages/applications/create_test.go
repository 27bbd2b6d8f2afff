package applications

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session/sessiontest"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// visitor is a signed-in person.
type visitor struct{ sessiontest.Drafts }

func (*visitor) Me() api.Me { return api.Me{Principal: api.By{ID: "mara"}} }

func TestWhatIsEnteredStaysUntilItIsGivenUp(t *testing.T) {
	c := NewCreate(&visitor{})
	d := app.NewClientTester(c)
	t.Cleanup(d.Close)
	d.Consume()
	c.entered.setName("Shop")
	c.entered.setTechnology(api.Client)
	c.entered.setOrigins([]string{"https://shop.example"}, "https://till")
	entered := c.entered.whole()

	c.entered = form{}
	c.restore()
	if diff := cmp.Diff(entered, c.entered.whole()); diff != "" {
		t.Errorf("it comes back otherwise: %s", diff)
	}
	c.cancel()
	c.entered = form{}
	c.restore()
	if diff := cmp.Diff(form{}.request, c.entered.request); diff != "" {
		t.Errorf("what was given up comes back: %s", diff)
	}
}

func TestAccessKeyInAFieldIsSaidAtTheFieldBeforeItIsSent(t *testing.T) {
	secret, err := accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := secret.Reveal()
	for field, enter := range map[string]func(*form){
		"name":            func(f *form) { f.setName(key) },
		"description":     func(f *form) { f.setDescription("use " + key) },
		"owner":           func(f *form) { f.setOwner(key) },
		"allowed_origins": func(f *form) { f.setOrigins(nil, "https://"+key) },
	} {
		var f form
		f.setTechnology(api.Client)
		enter(&f)
		f.form.Leave(field)
		if said := f.form.Error(field, f.whole().Validate()); !strings.Contains(said, "key_01J9Zk3V8QpTfW2x") {
			t.Errorf("%s: %q", field, said)
		}
	}
}
