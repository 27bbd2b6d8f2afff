package fill_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/fill"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestWhatIsFilledInIsAsTheStoresWouldHaveWrittenIt(t *testing.T) {
	e := storetest.Open(t)
	tenant := fill.Tenant{Name: "big", Keys: 2000, Applications: 50, Arxes: 10}
	if err := fill.Fill(t.Context(), e.Client, e.Name, tenant); err != nil {
		t.Fatal(err)
	}
	if found := check.Items(e.Items(t), time.Now()); len(found) > 0 {
		t.Errorf("%d found, the first %q", len(found), found[:min(len(found), 5)])
	}
	store := keystore.New(e.Table())
	now := time.Now()
	for filter, least := range map[api.KeyFilter]int{
		api.ActiveKeys: 1000, api.DisabledKeys: 50, api.ExpiredKeys: 50, api.DeletedKeys: 10, api.StoppedKeys: 20, api.ExpiringKeys: 1,
		api.RotationDueKeys: 0, api.UnusedKeys: 100,
	} {
		p, err := store.Page(t.Context(), tenant.Name, api.ListKeysRequest{Status: filter, Page: api.Page{Limit: api.MaxPageItems}}, now)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(p.Rows); n < min(least, api.MaxPageItems) {
			t.Errorf("%s: %d keys on the first page, want %d of them at least", filter, n, least)
		}
		if p.Totals.Total+p.Totals.Deleted != tenant.Keys {
			t.Errorf("%s: totals %+v", filter, p.Totals)
		}
	}
	p, err := store.Page(t.Context(), tenant.Name, api.ListKeysRequest{Page: api.Page{Query: "zyzz"}}, now)
	if err != nil || len(p.Rows) != 1 || p.Rows[0].Name != fill.Needle {
		t.Errorf("the needle: %+v, %v", p.Rows, err)
	}
}

func TestFillGoesOnWhereItWasStopped(t *testing.T) {
	e := storetest.Open(t)
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	tenant := fill.Tenant{Name: "acme", Keys: 1000, Applications: 3, Arxes: 2, Progress: func(keys int) {
		if keys >= 300 {
			stop(stopped)
		}
	}}
	if err := fill.Fill(ctx, e.Client, e.Name, tenant); err == nil {
		t.Fatal("it was not stopped")
	}
	before := map[string]bool{}
	for _, item := range e.Items(t) {
		before[item.Key().PK+" "+item.SortKey()] = true
	}
	tenant.Progress = nil
	if err := fill.Fill(t.Context(), e.Client, e.Name, tenant); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, item := range e.Items(t) {
		if before[item.Key().PK+" "+item.SortKey()] {
			kept++
		}
	}
	if kept != len(before) {
		t.Errorf("%d items of the first part are there, of %d", kept, len(before))
	}
	if found := check.Items(e.Items(t), time.Now()); len(found) > 0 {
		t.Errorf("%d found, the first %q", len(found), found[:min(len(found), 5)])
	}

	// A tenant that is full is left alone.
	rows, err := keystore.New(e.Table()).Page(t.Context(), tenant.Name, api.ListKeysRequest{Page: api.Page{Limit: 1}, Status: api.ActiveKeys}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	del := lifecycle.Transition(storetest.Owner(tenant.Name), api.DeleteKey.Name, api.Conditional{}, func(k keys.Key) (keys.Key, error) {
		return k.Do(keys.Delete, time.Now(), api.ArxActive)
	}, rand.Reader)
	if _, err := keystore.New(e.Table()).Change(t.Context(), tenant.Name, rows.Rows[0].ID, del); err != nil {
		t.Fatal(err)
	}
	counted := func() api.KeyTotals {
		n, err := countstore.New(e.Table()).Keys(t.Context(), tenant.Name, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	want := counted()
	if err := fill.Fill(t.Context(), e.Client, e.Name, tenant); err != nil || counted() != want {
		t.Errorf("%+v became %+v, %v", want, counted(), err)
	}
}
