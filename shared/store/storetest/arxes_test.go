package storetest_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func (h *stores) changeArx(by auth.Principal, id string, action lifecycle.Action) (arxes.Arx, error) {
	now := h.tick()
	change := lifecycle.Transition(by, "arxes."+string(action), api.Conditional{}, func(was arxes.Arx) (arxes.Arx, error) { return was.Do(action, by, now) }, rand.Reader)
	return h.arxes.Change(h.t.Context(), by.Tenant, id, change)
}

func (h *stores) updateArx(by auth.Principal, id string, req api.UpdateArxRequest) (arxes.Arx, error) {
	now := h.tick()
	change := lifecycle.Transition(by, "arxes.update", api.Conditional{}, func(was arxes.Arx) (arxes.Arx, error) { return was.Update(by, req, now) }, rand.Reader)
	return h.arxes.Change(h.t.Context(), by.Tenant, id, change)
}

func (h *stores) setDefault(by auth.Principal, id string) (arxes.Default, error) {
	_, standing, err := h.arxes.SetDefault(h.t.Context(), by.Tenant, id, arxes.Succession(by, api.Conditional{}, h.clock.now(), rand.Reader))
	return standing, err
}

func (h *stores) wantDefault(by auth.Principal, id string, live int) {
	h.t.Helper()
	if got := must(h.arxes.Default(h.t.Context(), by.Tenant)); got != (arxes.Default{ArxID: id, Live: live}) {
		h.t.Errorf("default %+v, want %s of %d", got, id, live)
	}
}

func TestDisabledArxIsCountedAndVerifiedAsDisabled(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	gate := func() api.ArxStatus {
		t.Helper()
		_, gate, err := gatestore.New(h.db, 0).Find(t.Context(), app.ID, arx.ID)
		if err != nil {
			t.Fatal(err)
		}
		return gate.Status
	}
	is, err := h.changeArx(by, arx.ID, arxes.Disable)
	if err != nil || is.Status != api.ArxDisabled || gate() != api.ArxDisabled {
		t.Errorf("%s, the gate %s, %v", is.Status, gate(), err)
	}
	if got := must(h.counts.Arxes(t.Context(), "acme")); got != (api.ArxTotals{Total: 1, Disabled: 1}) {
		t.Errorf("totals %+v", got)
	}
	if _, err := h.changeArx(by, arx.ID, arxes.Disable); !problem.Is(err, problem.WrongState) {
		t.Errorf("disable again: %v, want wrong_state", err)
	}
	if is, err = h.changeArx(by, arx.ID, arxes.Enable); err != nil || is.Status != api.ArxActive || gate() != api.ArxActive {
		t.Errorf("%s, the gate %s, %v", is.Status, gate(), err)
	}
	if got := must(h.counts.Arxes(t.Context(), "acme")); got != (api.ArxTotals{Total: 1, Active: 1}) {
		t.Errorf("totals %+v", got)
	}
	h.wantDefault(by, arx.ID, 1)
}

func TestEditChangesOnlyTheNamedFields(t *testing.T) {
	h, by := open(t), owner("acme")
	arx := h.arx(by, "EU")
	h.arx(by, "US")
	is, err := h.updateArx(by, arx.ID, api.UpdateArxRequest{
		Name: api.Set(" EU 2 "), Endpoint: api.Remove[string](), Regions: api.Set([]string{"eu-west-1", "eu-west-2"}), Cycle: api.Set(api.Monthly),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := arx
	want.Name, want.Endpoint, want.Regions, want.Cycle = "EU 2", "", []string{"eu-west-1", "eu-west-2"}, api.Monthly
	want.UpdatedAt, want.Version, want.LastEvent = h.clock.now(), 2, is.LastEvent
	if diff := cmp.Diff(want, must(h.arxes.Get(t.Context(), "acme", arx.ID))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h.arx(by, "eu") // the name that it gave up
	for _, taken := range []string{"us", "EU"} {
		if _, err := h.updateArx(by, arx.ID, api.UpdateArxRequest{Name: api.Set(taken)}); !problem.Is(err, problem.NameTaken) {
			t.Errorf("%s: %v, want name_taken", taken, err)
		}
	}
	if _, err := h.updateArx(by, arx.ID, api.UpdateArxRequest{Name: api.Set("eu 2")}); err != nil {
		t.Errorf("its own name in another case: %v", err)
	}
	h.wantDefault(by, arx.ID, 3)
}

func TestDeletedArxIsNotChanged(t *testing.T) {
	h, by := open(t), owner("acme")
	h.arx(by, "EU")
	arx := h.arx(by, "US")
	if err := h.deleteArx(by, arx.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.updateArx(by, arx.ID, api.UpdateArxRequest{Name: api.Set("AP")}); !problem.Is(err, problem.WrongState) {
		t.Errorf("update: %v, want wrong_state", err)
	}
	if _, err := h.changeArx(by, arx.ID, arxes.Enable); !problem.Is(err, problem.WrongState) {
		t.Errorf("enable: %v, want wrong_state", err)
	}
	if _, err := h.setDefault(by, arx.ID); !problem.Is(err, problem.WrongState) {
		t.Errorf("make it the default: %v, want wrong_state", err)
	}
	if _, err := h.setDefault(owner("other"), arx.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("by another tenant: %v, want not_found", err)
	}
}

func TestDefaultMovesToAnotherArx(t *testing.T) {
	h, by := open(t), owner("acme")
	first, second := h.arx(by, "EU"), h.arx(by, "US")
	if _, err := h.changeArx(by, second.ID, arxes.Disable); err != nil {
		t.Fatal(err)
	}
	if got, err := h.setDefault(by, second.ID); err != nil || got != (arxes.Default{ArxID: second.ID, Live: 2}) {
		t.Errorf("a disabled one: %+v, %v", got, err)
	}
	h.wantDefault(by, second.ID, 2)
	if _, err := h.setDefault(by, second.ID); !problem.Is(err, problem.WrongState) || problem.Of(err).Detail != arxes.IsDefault {
		t.Errorf("again: %v, want wrong_state", err)
	}
	if err := h.deleteArx(by, second.ID); !problem.Is(err, problem.WrongState) {
		t.Errorf("delete the default: %v, want wrong_state", err)
	}
	if err := h.deleteArx(by, first.ID); err != nil {
		t.Errorf("delete the previous default: %v", err)
	}
	h.wantDefault(by, second.ID, 1)
}

func TestConcurrentSetDefaultsLeaveOneDefault(t *testing.T) {
	h, f := openFaulty(t)
	f.conflicts = true
	by := owner("acme")
	h.arx(by, "the first")
	var candidates []string
	for i := range 4 {
		candidates = append(candidates, h.arx(by, fmt.Sprint("Arx ", i)).ID)
	}
	var group sync.WaitGroup
	for _, id := range candidates {
		group.Go(func() {
			// A call that meets too much contention gets problem.Contention.
			if _, err := h.setDefault(by, id); err != nil && !problem.Is(err, problem.Unavailable) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := must(h.arxes.Default(t.Context(), "acme")); !slices.Contains(candidates, got.ArxID) || got.Live != 5 {
		t.Errorf("%+v, want one of %v, of 5", got, candidates)
	}
}

// The default is never a deleted Arx, whichever call comes first.
func TestSetDefaultAndDeleteConcurrently(t *testing.T) {
	for range 10 {
		h, by := open(t), owner("acme")
		first, second := h.arx(by, "EU"), h.arx(by, "US")
		var set, deleted error
		var group sync.WaitGroup
		group.Go(func() { _, set = h.setDefault(by, second.ID) })
		group.Go(func() { deleted = h.deleteArx(by, second.ID) })
		group.Wait()
		switch {
		case set == nil && problem.Is(deleted, problem.WrongState):
			h.wantDefault(by, second.ID, 2)
		case deleted == nil && problem.Is(set, problem.WrongState):
			h.wantDefault(by, first.ID, 1)
		default:
			t.Errorf("set default: %v, delete: %v, want exactly one to succeed", set, deleted)
		}
	}
}

func TestRepeatedCreateOfAnArxCreatesOne(t *testing.T) {
	h, by := open(t), owner("acme")
	create := func() (string, error) {
		request := must(requeststore.New(by, "arxes.create", "k-1", "the body", h.clock.now()))
		return requeststore.Once(t.Context(), requeststore.Open(h.db), request, func() (string, error) {
			a, e := h.newArx(by, "EU")
			_, err := h.arxes.Create(t.Context(), a, e, request)
			return a.ID, err
		}, func(id string) (string, error) { return id, nil })
	}
	first, err := create()
	again, errAgain := create()
	if err != nil || errAgain != nil || first != again {
		t.Errorf("%s, %v, and %s, %v, want the same", first, err, again, errAgain)
	}
	h.wantDefault(by, first, 1)
}

// The events of an Arx form one hash chain, whatever the kinds of change.
func TestChangesOfAnArxFormOneChain(t *testing.T) {
	h, by := open(t), owner("acme")
	first := h.arx(by, "EU")
	arx := h.arx(by, "US")
	steps := []func() error{
		func() error { _, err := h.changeArx(by, arx.ID, arxes.Disable); return err },
		func() error {
			_, err := h.updateArx(by, arx.ID, api.UpdateArxRequest{Description: api.Set("x")})
			return err
		},
		func() error { _, err := h.setDefault(by, arx.ID); return err },
		func() error { h.tick(); _, err := h.setDefault(by, first.ID); return err },
		func() error { h.tick(); return h.deleteArx(by, arx.ID) },
	}
	for i, do := range steps {
		h.tick()
		if err := do(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	items, err := h.db.Query(t.Context(), table.Partition(table.ResourceEvent("acme", arx.ID, "")), 0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	last := ""
	for _, item := range items {
		e := eventOf(t, item)
		if !e.Intact() || e.Previous != last {
			t.Errorf("%s is not intact, or does not follow the previous event", e.Action)
		}
		last = e.Hash
		actions = append(actions, strings.TrimPrefix(e.Action, "arxes."))
	}
	if diff := cmp.Diff([]string{"create", "disable", "update", "setdefault", "delete"}, actions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := must(h.arxes.Get(t.Context(), "acme", arx.ID)); got.LastEvent != last || got.Version != 5 {
		t.Errorf("version %d, its last event is %.8s, want 5 and %.8s", got.Version, got.LastEvent, last)
	}
}

func eventOf(t testing.TB, item table.Item) (e audit.Event) {
	t.Helper()
	if err := json.Unmarshal([]byte(item.String("event")), &e); err != nil {
		t.Fatal(err)
	}
	return e
}
