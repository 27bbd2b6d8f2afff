package applications

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// visitor is somebody who is signed in.
type visitor struct{}

func (visitor) Client() *client.Client { return nil }
func (visitor) Me() api.Me             { return api.Me{Principal: api.By{ID: "mara"}} }

func TestWhatIsEnteredStaysUntilItIsGivenUp(t *testing.T) {
	c := NewCreate(visitor{})
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
