package storetest_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// wide is the number of concurrent changes of one resource.
const wide = 64

// Concurrent changes of one resource all succeed, both on an engine that serializes transactions and on one
// that cancels conflicting transactions, as DynamoDB does.
func TestConcurrentChangesOfOneResourceAllSucceed(t *testing.T) {
	for name, conflicts := range map[string]bool{"in turn": false, "in conflict": true} {
		t.Run(name, func(t *testing.T) {
			h, f := openFaulty(t)
			by := owner("acme")
			app, arx, other := h.application(by, "Billing"), h.arx(by, "EU"), h.arx(by, "US")
			k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
			f.conflicts = conflicts
			// The deadline is far off, so that a slow machine passes too.
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			all := func(what string, change func(n int) error) {
				t.Helper()
				var group sync.WaitGroup
				for n := range wide {
					group.Go(func() {
						if err := change(n); err != nil {
							t.Errorf("%s: %v", what, err)
						}
					})
				}
				group.Wait()
			}
			all("edit a key", func(n int) error {
				do := updating(api.UpdateKeyRequest{Name: api.Set(fmt.Sprint("key ", n))})
				_, err := h.keys.Change(ctx, "acme", k.ID, h.transition(by, "keys.update", do, ""))
				return err
			})
			all("edit an application", func(n int) error {
				_, err := h.applications.Change(ctx, "acme", app.ID, func(was applications.Application) (applications.Application, audit.Event, error) {
					is, err := was.Update(by, api.UpdateApplicationRequest{Name: api.Set(fmt.Sprint("application ", n))}, h.clock.now())
					if err != nil {
						return is, audit.Event{}, err
					}
					e, err := audit.New(by, "applications.update", is.Resource(), is.Since(was), was.LastEvent, is.UpdatedAt, rand.Reader)
					return is, e, err
				})
				return err
			})
			all("edit an Arx", func(n int) error {
				_, err := h.arxes.Change(ctx, "acme", arx.ID, func(was arxes.Arx) (arxes.Arx, audit.Event, error) {
					is, err := was.Update(by, api.UpdateArxRequest{Name: api.Set(fmt.Sprint("Arx ", n))}, h.clock.now())
					if err != nil {
						return is, audit.Event{}, err
					}
					e, err := audit.New(by, "arxes.update", is.Resource(), is.Since(was), was.LastEvent, is.UpdatedAt, rand.Reader)
					return is, e, err
				})
				return err
			})
			var made atomic.Int32 // the default of each is the other: some find themselves the default already
			all("set the default", func(n int) error {
				id := []string{arx.ID, other.ID}[n%2]
				_, _, err := h.arxes.SetDefault(ctx, "acme", id, arxes.Succession(by, api.Conditional{}, h.clock.now(), rand.Reader))
				if problem.Is(err, problem.WrongState) {
					return nil
				}
				made.Add(1)
				return err
			})
			management := managementkeystore.New(h.db)
			var ids sync.Map
			all("create a management key", func(n int) error {
				m, secret, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: fmt.Sprint("ci ", n), Role: api.Verifier}, managementkeys.DefaultMaxLife, h.clock.now(), rand.Reader)
				if err != nil {
					return err
				}
				ids.Store(n, m.ID)
				e := must(audit.New(by, "managementkeys.create", m.Resource(), m.Created(), "", h.clock.now(), rand.Reader))
				return management.Create(ctx, m, secret.Digest(), e, requeststore.Request{})
			})
			one, _ := ids.Load(0)
			var deleted atomic.Int32
			all("delete a management key", func(int) error {
				_, err := management.Delete(ctx, "acme", one.(string), managementkeys.Deletion(by, api.Conditional{}, h.clock.now(), rand.Reader))
				if problem.Is(err, problem.NotFound) {
					return nil
				}
				deleted.Add(1)
				return err
			})
			f.conflicts = false
			if n := deleted.Load(); n != 1 {
				t.Errorf("the management key was deleted %d times", n)
			}
			if got := must(h.keys.Get(t.Context(), "acme", k.ID)).Version; got != 1+wide {
				t.Errorf("the key was changed %d times, want %d", got-1, wide)
			}
			if got := must(h.applications.Get(t.Context(), "acme", app.ID)).Version; got != 1+wide {
				t.Errorf("the application was changed %d times, want %d", got-1, wide)
			}
			versions := must(h.arxes.Get(t.Context(), "acme", arx.ID)).Version + must(h.arxes.Get(t.Context(), "acme", other.ID)).Version
			if want := 2 + wide + int(made.Load()); versions != want {
				t.Errorf("the Arxes are at %d versions, want %d", versions, want)
			}
			if got := must(h.arxes.Default(t.Context(), "acme")); got.ArxID != arx.ID && got.ArxID != other.ID || got.Live != 2 {
				t.Errorf("default %+v", got)
			}
			items := must(h.db.Query(t.Context(), table.Partition(table.ResourceEvent("acme", k.ID, "")), 0))
			if len(items) != 1+wide {
				t.Errorf("%d events of the key, want %d", len(items), 1+wide)
			}
			if conflicts && f.retries.Load() == 0 {
				t.Error("no conflict occurred: the test proves nothing")
			}
		})
	}
}
