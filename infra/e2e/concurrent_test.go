package e2e

import (
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// mixedChanges is how many acknowledged changes of a mix are checked against the rules.
const mixedChanges = 250

// TestConcurrentOperationsAreLinearizable runs all operations concurrently, beside two hundred creates, with
// conflicts, throttling and connections that break after the write was done. It then checks that for each resource
// there is an order of the requests that explains every response, and that counts and lists agree.
func TestConcurrentOperationsAreLinearizable(t *testing.T) {
	l, f, c := startFaulty(t, func(f *faults) { f.throttle, f.reset = 0.01, 0.01 })
	app := must[api.Application](t)(patiently(c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	arx := must[api.Arx](t)(patiently(c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))
	m, err := newMix("mix", c)
	if err != nil {
		t.Fatal(err)
	}
	stop := m.load(8)
	var creates sync.WaitGroup
	created := make([]string, 200)
	for i := range created {
		creates.Go(func() {
			k, err := once(c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID})
			if err != nil {
				t.Error(err)
			}
			created[i] = k.Key.ID
		})
	}
	creates.Wait()
	for m.made.Load() < mixedChanges {
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	m.close()
	for _, err := range m.unheardOf {
		t.Error(err)
	}
	m.check(t, kinds(m.anchor))
	m.checkLimited(t)
	statuses := agree(t, c)
	for _, id := range created {
		if statuses[id] != string(api.KeyActive) {
			t.Errorf("%s was created and is %q", id, statuses[id])
		}
	}
	l.whole(t)
	t.Logf("%d changes; %d conflicts, %d throttled, %d cut off", m.made.Load(), f.conflicts.Load(), f.throttles.Load(), f.resets.Load())
	if f.conflicts.Load() == 0 || f.throttles.Load() == 0 || f.resets.Load() == 0 {
		t.Error("the test exercised too little")
	}
}
