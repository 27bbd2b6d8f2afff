package fill_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/fill"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const root = "../../.."

func TestFilledTenantIsConsistent(t *testing.T) {
	const name = "arxkeys"
	dir, tenant := t.TempDir(), fill.Tenant{Name: "big", Keys: 2000, Applications: 50, Arxes: 10}
	if err := fill.DataDir(t.Context(), root, dir, name, tenant, fill.Tenant{Name: "small", Keys: 10, Applications: 1, Arxes: 1}); err != nil {
		t.Fatal(err)
	}
	if err := fill.DataDir(t.Context(), root, dir, name, tenant); err == nil {
		t.Error("a data directory was filled twice")
	}
	e, err := engine.Start(t.Context(), engine.Config{Root: root, DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	found, err := check.Table(t.Context(), e.Client(), name)
	if err != nil || len(found) > 0 {
		t.Errorf("%d found, the first %q, %v", len(found), found[:min(len(found), 5)], err)
	}
	store := keystore.New(table.New(e.Client(), name))
	now := time.Now()
	for filter, least := range map[api.KeyFilter]int{
		api.ActiveKeys: 1000, api.DisabledKeys: 50, api.ExpiredKeys: 50, api.DeletedKeys: 10, api.WorkingKeys: 900, api.StoppedKeys: 20, api.ExpiringKeys: 1,
		api.RotationDueKeys: 0, api.UnusedKeys: 100,
	} {
		p, err := store.Page(t.Context(), tenant.Name, api.ListKeysRequest{Status: filter, Page: api.Page{Limit: api.MaxPageItems}}, now)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(p.Rows); n < min(least, api.MaxPageItems) {
			t.Errorf("%s: %d keys on the first page, want at least %d", filter, n, least)
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

func TestFillContinuesWhereItStopped(t *testing.T) {
	e := storetest.Open(t)
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	tenant := fill.Tenant{Name: "acme", Keys: 600, Applications: 3, Arxes: 2, Progress: func(keys int) {
		if keys >= 200 {
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
		t.Errorf("%d items of the first part exist, of %d", kept, len(before))
	}
	if found := check.Items(e.Items(t), time.Now()); len(found) > 0 {
		t.Errorf("%d found, the first %q", len(found), found[:min(len(found), 5)])
	}

	// A complete tenant is not changed.
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

func TestExportWritesOnlyTheFilesThatAreMissing(t *testing.T) {
	folder, long := t.TempDir(), time.Now().Add(-time.Hour).Truncate(time.Second)
	ctx, stop := context.WithCancel(t.Context())
	tenants := []fill.Tenant{{Name: "first", Keys: 50, Applications: 2, Arxes: 1}, {Name: "second", Keys: 50, Applications: 2, Arxes: 1}}
	tenants[0].Progress = func(int) { stop() }
	e := storetest.Open(t)
	if err := fill.Export(ctx, e.Client, e.Name, folder, tenants...); err == nil {
		t.Fatal("it was not stopped")
	}
	first := filepath.Join(fill.Source(folder), e.Name, "data", "first-00000000.json.gz")
	if err := os.Chtimes(first, long, long); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := fill.Export(t.Context(), e.Client, e.Name, folder, tenants...); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(first)
	if err != nil || !info.ModTime().Equal(long) || info.Mode().Perm() != 0o600 {
		t.Errorf("the first file was written again, or others can read it: %v, %v", info, err)
	}
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if err := fill.Export(t.Context(), e.Client, e.Name, folder, tenants...); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(first); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the first file differs when it is written again: %v", err)
	}
}
