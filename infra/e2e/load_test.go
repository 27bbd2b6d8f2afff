package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// startFaulty starts a laptop whose functions reach the engine through the faults.
func startFaulty(t *testing.T, set func(*faults)) (*laptop, *faults, *client.Client) {
	t.Helper()
	l := newLaptop(t.TempDir())
	l.parameters = map[string]string{"GateTtl": "0s", "PrincipalTtl": "0s"}
	var f *faults
	l.between = func(engine string) string {
		f = newFaults(engine)
		return f.server.URL
	}
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.stop)
	set(f)
	management := l.managementKey()
	return l, f, &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return management, nil }}
}

// whole fails the test unless the stored data is consistent.
func (l *laptop) whole(t *testing.T) {
	t.Helper()
	findings, err := check.Table(t.Context(), l.engine.Client(), stack.DefaultTable)
	if err != nil || len(findings) > 0 {
		t.Errorf("the stored data is inconsistent: %v\n%s", err, strings.Join(findings, "\n"))
	}
}

// must fails the test if there is an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestTwoHundredCreatesAtOnceAllSucceed(t *testing.T) {
	l, f, c := startFaulty(t, func(f *faults) { f.throttle, f.reset = 0.02, 0.02 })
	ctx := t.Context()
	app := must[api.Application](t)(client.Call(ctx, c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	arx := must[api.Arx](t)(client.Call(ctx, c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))

	const many = 200
	var group sync.WaitGroup
	created := make([]string, many)
	for i := range many {
		group.Go(func() {
			k, err := client.Call(ctx, c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID, Name: fmt.Sprint(i)})
			if err != nil {
				t.Error(err)
			}
			created[i] = k.Key.ID
		})
	}
	group.Wait()
	if t.Failed() {
		t.Log(l.logged())
		t.FailNow()
	}
	if f.conflicts.Load() == 0 || f.throttles.Load() == 0 || f.resets.Load() == 0 {
		t.Errorf("%d conflicts, %d throttled, %d cut off: the test exercised too little", f.conflicts.Load(), f.throttles.Load(), f.resets.Load())
	}
	t.Logf("%d conflicts, %d throttled, %d cut off", f.conflicts.Load(), f.throttles.Load(), f.resets.Load())

	want := api.KeyTotals{Total: many, Active: many}
	listed := map[string]bool{}
	request := api.ListKeysRequest{Page: api.Page{Limit: 100}}
	for {
		page := must[api.KeyList](t)(client.Call(ctx, c, api.ListKeys, request))
		if diff := cmp.Diff(want, page.Totals); diff != "" {
			t.Errorf("totals (-want +got):\n%s", diff)
		}
		for _, k := range page.Items {
			listed[k.ID] = true
		}
		if page.NextCursor == nil {
			break
		}
		request.Cursor = *page.NextCursor
	}
	for _, id := range created {
		if !listed[id] {
			t.Errorf("%s is not in the list", id)
		}
	}
	if len(listed) != many {
		t.Errorf("%d keys are listed, want %d: some were created twice", len(listed), many)
	}
	if got := must[api.Application](t)(client.Call(ctx, c, api.GetApplication, api.ApplicationID{ID: app.ID})).Keys; got != want {
		t.Errorf("the application counts %+v", got)
	}
	if got := must[api.Arx](t)(client.Call(ctx, c, api.GetArx, api.ArxID{ID: arx.ID})).Keys; got != want {
		t.Errorf("the Arx counts %+v", got)
	}
	l.whole(t)
}

// TestStallsLeaveNothingHalfDone stalls calls for longer than an attempt. This causes a delay, or a 503 with
// Retry-After, and never an incomplete change.
func TestStallsLeaveNothingHalfDone(t *testing.T) {
	l, f, c := startFaulty(t, func(f *faults) { f.stall, f.stalled = 0.03, 2500*time.Millisecond })
	ctx := t.Context()
	var group sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for i := range 40 {
		group.Go(func() {
			_, err := client.Call(ctx, c, api.CreateApplication, api.CreateApplicationRequest{Name: fmt.Sprint("Application ", i), Technology: api.Server})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			}
		})
	}
	group.Wait()
	f.stall = 0
	list := must[api.ApplicationList](t)(client.Call(ctx, c, api.ListApplications, api.ListApplicationsRequest{Page: api.Page{Limit: 100}}))
	if list.Totals.Active != len(list.Items) || len(list.Items) < made {
		t.Errorf("%d answered, %d listed, totals %+v", made, len(list.Items), list.Totals)
	}
	l.whole(t)
}
