package change

import (
	"testing"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestChangedArxPermitsTheReverseAction(t *testing.T) {
	db := storetest.Open(t).Table()
	_, arx, _ := storetest.Key(t, db, "acme")
	by := storetest.Owner("acme")
	for _, step := range []struct {
		op   api.Operation[api.Target, api.Arx]
		do   lifecycle.Action
		to   api.ArxStatus
		why  string // not again
		back lifecycle.Action
	}{
		{api.DisableArx, arxes.Disable, api.ArxDisabled, "It is already disabled.", arxes.Enable},
		{api.EnableArx, arxes.Enable, api.ArxActive, "It is already active.", arxes.Disable},
	} {
		serve := catalog.Handler(kind(db), step.op, Do(step.do))
		for tenant, id := range map[string]string{"other": arx.ID, "acme": "arx_0123456789abcdef"} {
			if got, err := serve(t.Context(), storetest.Owner(tenant), api.Target{ID: id}); !problem.Is(err, problem.NotFound) || got.ID != "" {
				t.Errorf("%s %s of %s: %+v, %v, want not_found", step.do, id, tenant, got, err)
			}
		}
		stale := api.Target{ID: arx.ID, Conditional: api.IfVersion("7")}
		if got, err := serve(t.Context(), by, stale); !problem.Is(err, problem.Changed) || got.ID != "" {
			t.Errorf("%s with an outdated ETag: %+v, %v, want changed_meanwhile", step.do, got, err)
		}
		got, err := serve(t.Context(), by, api.Target{ID: arx.ID})
		if err != nil || got.Status != step.to || got.Keys != (api.KeyTotals{Total: 1, Active: 1}) || !got.IsDefault {
			t.Fatalf("%s: %+v, %v", step.do, got, err)
		}
		if got.May(string(step.do)) || got.Why[string(step.do)] != step.why || !got.May(string(step.back)) || !got.May("update") || !got.May("delete") {
			t.Errorf("%s: permits %+v", step.do, got.Permits)
		}
		if _, err := serve(t.Context(), by, api.Target{ID: arx.ID}); !problem.Is(err, problem.WrongState) {
			t.Errorf("%s again: %v, want wrong_state", step.do, err)
		}
	}
}

func TestUpdateWithACondition(t *testing.T) {
	db := storetest.Open(t).Table()
	serve := catalog.Handler(kind(db), api.UpdateArx, arxes.Arx.Update)
	by, arx := storetest.Owner("acme"), storetest.Arx(t, db, "acme", "EU")
	req := api.UpdateArxRequest{ID: arx.ID, Endpoint: api.Set("https://arx.example"), Conditional: api.Conditional{IfMatch: `"1"`}}
	got, err := serve(t.Context(), by, req)
	if err != nil || got.Endpoint != "https://arx.example" || got.Name != "EU" || got.Version != "2" || !got.IsDefault || !got.May("update") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := serve(t.Context(), by, req); !problem.Is(err, problem.Changed) {
		t.Errorf("with an outdated ETag: %v, want changed", err)
	}
	if _, err := serve(t.Context(), storetest.Owner("other"), req); !problem.Is(err, problem.NotFound) {
		t.Errorf("by another tenant: %v, want not_found", err)
	}
}
