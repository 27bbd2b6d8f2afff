package ui

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// cellar is a page that ends something.
type cellar struct {
	app.Compo
	confirm ConfirmDialog
	ctx     app.Context
	ended   int
	done    int
	err     error
	instead int
}

func (c *cellar) OnMount(ctx app.Context) { c.ctx = ctx }
func (c *cellar) Render() app.UI          { return Page(Head{Title: "Cellar"}, Slot(c.confirm.UI())) }

func (c *cellar) open(asked Confirm) {
	asked.Do = func(context.Context) error { c.ended++; return c.err }
	asked.Done = func() { c.done++ }
	c.confirm.Open(c.ctx, asked)
}

func mountCellar(t *testing.T) (*cellar, app.ClientDispatcher) {
	c := &cellar{}
	d := app.NewClientTester(c)
	t.Cleanup(d.Close)
	d.Consume()
	return c, d
}

var barrel = Confirm{Title: "Delete barrel", Verb: "Delete", Expected: "Red 1", Failed: "It was not deleted.",
	Judge: func(typed string) (string, string) { return judgeName(typed, "Red 1", "barrel") }}

func TestNothingEndsUnlessTheRightWordIsTyped(t *testing.T) {
	c, d := mountCellar(t)
	c.open(barrel)
	for _, typed := range []string{"", "Red", "red 1", "Red  1", "Red 2"} {
		c.confirm.Type(typed)
		c.confirm.Submit()
		d.Consume()
	}
	if c.ended != 0 {
		t.Fatalf("ended %d times", c.ended)
	}
	c.confirm.Type("Red 1")
	c.confirm.Submit()
	c.confirm.Submit() // pressed twice
	d.Consume()
	c.confirm.Submit()
	d.Consume()
	if c.ended != 1 || c.done != 1 || c.confirm.IsOpen() {
		t.Errorf("ended %d times, done %d times, open %t", c.ended, c.done, c.confirm.IsOpen())
	}
}

func TestFailedActionIsReported(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{problem.New(problem.WrongState, "Disable it first."), "It was not deleted."},
		{problem.New(problem.Unavailable, "No answer came."), "It is unknown whether the action was completed."},
	} {
		c, d := mountCellar(t)
		c.err = row.err
		c.open(barrel)
		c.confirm.Type("Red 1")
		c.confirm.Submit()
		c.confirm.Cancel() // while it runs, nothing closes it
		d.Consume()
		html := app.HTMLString(c.Render())
		if !c.confirm.IsOpen() || c.done != 0 || !strings.Contains(html, row.want) || !strings.Contains(html, problem.Of(row.err).Detail) {
			t.Errorf("%v: open %t, done %d, %s", row.err, c.confirm.IsOpen(), c.done, html)
		}
	}
}

func TestClosedDialogForgetsWhatWasTyped(t *testing.T) {
	c, d := mountCellar(t)
	c.open(barrel)
	c.confirm.Type("a secret, perhaps")
	c.confirm.Cancel()
	if c.confirm.typed != "" || c.confirm.IsOpen() {
		t.Errorf("it keeps %q", c.confirm.typed)
	}
	c.confirm.Type("late")
	c.open(barrel)
	d.Consume()
	if c.confirm.typed != "" {
		t.Errorf("it opens with %q", c.confirm.typed)
	}
}

func TestDialogShowsWhatStopsAndTheAlternative(t *testing.T) {
	c, d := mountCellar(t)
	asked := barrel
	asked.Stops = Stops{Facts: func() []Fact { return []Fact{TextFact("Barrel", "Red 1", "")} }}
	asked.Look = func(context.Context) (Stops, error) {
		return Stops{Warning: "Somebody drinks of it.", Detail: "40 glasses in the last 24 hours.", Facts: func() []Fact { return []Fact{TextFact("Glasses", "40", "")} }}, nil
	}
	asked.Alternative = &Alternative{Before: "To stop it for a while,", Label: "close it", After: "instead.", Do: func() { c.instead++ }}
	c.open(asked)
	if html := app.HTMLString(c.Render()); !strings.Contains(html, "Barrel") {
		t.Error("it waits with what is known")
	}
	d.Consume()
	html := app.HTMLString(c.Render())
	for _, want := range []string{"Somebody drinks of it.", "40 glasses", "Glasses", "close it"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not show %q", want)
		}
	}
	c.confirm.instead(nil, app.Event{})
	if c.instead != 1 || c.ended != 0 || c.confirm.IsOpen() {
		t.Errorf("alternative %d times, ended %d times, open %t", c.instead, c.ended, c.confirm.IsOpen())
	}
}

func TestIDsOfADialogAreUnique(t *testing.T) {
	c, _ := mountCellar(t)
	asked := barrel.Named("Red 1", "barrel")
	asked.Lead = "It can’t be undone."
	c.open(asked)
	seen := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(app.HTMLString(c.Render()), -1) {
		if seen[id[1]] {
			t.Errorf("two elements have the id %s", id[1])
		}
		seen[id[1]] = true
	}
	if !seen[confirmField] {
		t.Errorf("no element has the id %s", confirmField)
	}
}

func TestLookThatFailsHindersNobody(t *testing.T) {
	c, d := mountCellar(t)
	asked := barrel
	asked.Look = func(context.Context) (Stops, error) { return Stops{}, errors.New("no") }
	c.open(asked)
	d.Consume()
	if !strings.Contains(app.HTMLString(c.Render()), "could not be loaded") {
		t.Error("it does not say that it looked in vain")
	}
	c.confirm.Type("Red 1")
	c.confirm.Submit()
	d.Consume()
	if c.done != 1 {
		t.Error("it can't be ended")
	}
}

func TestOnlyTheExactNameIsTheName(t *testing.T) {
	for _, row := range []struct {
		typed string
		right bool
		wrong bool
	}{
		{"", false, false}, {"Rates", false, false}, {"Rates EU", true, false},
		{"rates eu", false, true}, {" Rates EU\n", true, false}, {"Rates US", false, true},
	} {
		right, wrong := judgeName(row.typed, "Rates EU", "Arx")
		if (right != "") != row.right || (wrong != "") != row.wrong {
			t.Errorf("%q: right %q, wrong %q", row.typed, right, wrong)
		}
	}
}
