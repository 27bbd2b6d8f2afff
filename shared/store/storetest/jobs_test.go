package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// mortal is the engine of a process that is killed at one of its transactions: before it is sent, or after
// it was made and before the response arrived.
type mortal struct {
	*dynamodb.Client
	until atomic.Int32 // transactions that it lives for
	after bool         // the last one is made
	kill  context.CancelFunc
}

var errKilled = errors.New("killed")

func (m *mortal) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	left := m.until.Add(-1)
	switch {
	case left > 0:
		return m.Client.TransactWriteItems(ctx, in, o...)
	case left == 0 && m.after:
		m.Client.TransactWriteItems(ctx, in, o...)
	}
	m.kill()
	return nil, errKilled
}

// mortally repeats the job, killing each run at its second transaction, until one finishes. It returns the
// number of killed runs.
func mortally(t *testing.T, h *stores, job func(context.Context, *stores) error) (killed int) {
	t.Helper()
	for ; killed < 200; killed++ {
		ctx, kill := context.WithCancel(t.Context())
		m := &mortal{Client: h.engine.Client, after: killed%2 == 1, kill: kill}
		m.until.Store(2)
		other := build(t, table.New(m, h.engine.Name), h.engine)
		other.clock.set(h.clock.now())
		err := job(ctx, other)
		dead := ctx.Err() != nil
		kill()
		switch {
		case !dead && err != nil:
			t.Fatal(err)
		case !dead:
			return killed
		}
		h.wantSound()
	}
	t.Fatalf("killed %d times, and not done yet", killed)
	return killed
}

func sweep(ctx context.Context, h *stores) error {
	_, err := h.keys.Sweep(ctx, h.clock.now())
	return err
}

func settle(ctx context.Context, h *stores) error {
	for s, err := range h.arxes.Settlements(ctx, h.clock.now()) {
		if err == nil {
			err = h.keys.Settle(ctx, s.Tenant, s.ArxID, keys.WithArx(s.By, h.clock.now(), rand.Reader))
		}
		if err == nil {
			err = h.arxes.Settled(ctx, s, h.clock.now())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func purge(ctx context.Context, h *stores) error {
	_, errKeys := h.keys.Purge(ctx, h.clock.now())
	_, errArxes := h.arxes.Purge(ctx, h.clock.now())
	_, errCounts := h.counts.Purge(ctx, h.clock.now())
	return errors.Join(errKeys, errArxes, errCounts)
}

// wantSound checks all items of the table for consistency.
func (h *stores) wantSound() {
	h.t.Helper()
	for _, finding := range check.Items(h.engine.Items(h.t), h.clock.now()) {
		h.t.Error(finding)
	}
}

// expiringKeys stores that many keys of the parents, expiring in an hour.
func (h *stores) expiringKeys(by auth.Principal, app applications.Application, arx arxes.Arx, many int) (ids []string) {
	h.t.Helper()
	for range many {
		expires := h.clock.now().Add(time.Hour)
		k, _ := h.key(by, app, arx, api.CreateKeyRequest{ExpiresAt: &expires})
		ids = append(ids, k.ID)
	}
	return ids
}

func TestSweepKilledAnywhereLosesNothing(t *testing.T) {
	h, by, other := open(t), owner("acme"), owner("other")
	app, shop := h.application(by, "Billing"), h.application(by, "Shop")
	eu, us := h.arx(by, "EU"), h.arx(by, "US")
	h.expiringKeys(by, app, eu, 9)
	h.expiringKeys(by, shop, eu, 5)
	h.expiringKeys(by, app, us, 1)
	h.expiringKeys(other, h.application(other, "Billing"), h.arx(other, "EU"), 6)
	h.key(by, app, eu, api.CreateKeyRequest{})
	later := h.clock.now().Add(48 * time.Hour)
	h.key(by, app, eu, api.CreateKeyRequest{ExpiresAt: &later})
	check := func() {
		t.Helper()
		h.wantTotals(by, api.KeyTotals{Total: 17, Active: 2, Expired: 15})
		h.wantTotals(other, api.KeyTotals{Total: 6, Expired: 6})
		byArx := must(h.counts.KeysByArx(t.Context(), "acme", eu.ID, us.ID, h.clock.now()))
		if diff := cmp.Diff(map[string]api.KeyTotals{eu.ID: {Total: 16, Active: 2, Expired: 14}, us.ID: {Total: 1, Expired: 1}}, byArx); diff != "" {
			t.Errorf("by Arx (-want +got):\n%s", diff)
		}
		byApp := must(h.counts.KeysByApplication(t.Context(), "acme", app.ID, shop.ID, h.clock.now()))
		if diff := cmp.Diff(map[string]api.KeyTotals{app.ID: {Total: 12, Active: 2, Expired: 10}, shop.ID: {Total: 5, Expired: 5}}, byApp); diff != "" {
			t.Errorf("by application (-want +got):\n%s", diff)
		}
	}
	if n := must(h.keys.Sweep(t.Context(), h.clock.now())); n != 0 {
		t.Errorf("%d were swept before they expired", n)
	}
	h.clock.add(2 * time.Hour)
	check()
	killed := mortally(t, h, func(ctx context.Context, h *stores) error {
		err := sweep(ctx, h)
		check()
		return err
	})
	if killed < 3 {
		t.Errorf("killed %d times: the test proves nothing", killed)
	}
	check()
	for _, item := range h.engine.Items(t) {
		if strings.HasPrefix(item.SortKey(), "expiring#") && item.Time("due").Before(h.clock.now()) {
			t.Errorf("%s was not swept", item.SortKey())
		}
	}
}

// Totals that are read during a sweep, while people change expired keys, are right.
func TestTotalsAreExactDuringSweeps(t *testing.T) {
	h, f := openFaulty(t)
	f.conflicts = true
	by := owner("acme")
	app, eu, us := h.application(by, "Billing"), h.arx(by, "EU"), h.arx(by, "US")
	h.expiringKeys(by, app, eu, 30)
	h.expiringKeys(by, app, us, 30)
	h.clock.add(2 * time.Hour)
	var group sync.WaitGroup
	var moved atomic.Int32
	for range 2 {
		group.Go(func() {
			n, err := h.keys.Sweep(t.Context(), h.clock.now())
			if err != nil {
				t.Error(err)
			}
			moved.Add(int32(n))
		})
	}
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		group.Wait()
	}()
	reads := 0
	for done := false; !done; reads++ {
		select {
		case <-swept:
			done = true
		default:
		}
		h.wantTotals(by, api.KeyTotals{Total: 60, Expired: 60})
	}
	if moved.Load() != 60 || reads < 3 {
		t.Errorf("%d moved during %d reads, want 60 during at least one", moved.Load(), reads)
	}
	h.wantSound()
}

func TestSweepsAndConcurrentTransitionsAgree(t *testing.T) {
	h, f := openFaulty(t)
	f.conflicts = true
	by := owner("acme")
	app, eu := h.application(by, "Billing"), h.arx(by, "EU")
	ids := h.expiringKeys(by, app, eu, 40)
	h.clock.add(2 * time.Hour)
	var group sync.WaitGroup
	tolerated := func(err error) {
		if err != nil && !problem.Is(err, problem.Unavailable) && !problem.Is(err, problem.WrongState) {
			t.Error(err)
		}
	}
	for range 2 {
		group.Go(func() { tolerated(sweep(t.Context(), h)) })
	}
	revived := h.clock.now().Add(time.Hour)
	for i, id := range ids {
		group.Go(func() {
			switch i % 4 {
			case 0:
				tolerated(h.deleteKey(by, id))
			case 1:
				_, err := h.keys.Change(t.Context(), "acme", id, h.transition(by, "keys.disable", only(keys.Disable), api.ArxActive))
				tolerated(err)
			case 2:
				_, err := h.keys.Change(t.Context(), "acme", id, h.transition(by, "keys.update", expiring(revived), api.ArxActive))
				tolerated(err)
			}
		})
	}
	group.Wait()
	if err := sweep(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	h.wantSound()
	h.wantTotals(by, must(totalsOfRows(h, by)))
}

// totalsOfRows counts the keys in lists.
func totalsOfRows(h *stores, by auth.Principal) (n api.KeyTotals, err error) {
	rows, _, err := h.page(by.Tenant, api.ListKeysRequest{Page: api.Page{Limit: 100}, Include: "deleted"}, h.clock.now())
	for _, r := range rows {
		switch r.Status(h.clock.now(), api.ArxActive) {
		case api.KeyActive:
			n.Active++
		case api.KeyDisabled:
			n.Disabled++
		case api.KeyExpired:
			n.Expired++
		default:
			n.Deleted++
		}
	}
	n.Total = n.Active + n.Disabled + n.Expired
	return n, err
}

// settling returns the ids of the tenant's Arxes that are being settled.
func (h *stores) settling(tenant string) (ids []string) {
	h.t.Helper()
	for _, item := range must(h.db.Query(h.t.Context(), table.Prefixed(table.Settling(tenant, "")), 0)) {
		ids = append(ids, item.Key().ID())
	}
	return ids
}

func TestSettlementKilledAnywhereCompletes(t *testing.T) {
	h, by := open(t), owner("acme")
	app, stays, goes := h.application(by, "Billing"), h.arx(by, "EU"), h.arx(by, "US")
	h.key(by, app, stays, api.CreateKeyRequest{})
	h.expiringKeys(by, app, goes, 3)
	var ids []string
	for range 4 {
		k, _ := h.key(by, app, goes, api.CreateKeyRequest{})
		ids = append(ids, k.ID)
	}
	// A slow request that creates a key and has already read that the Arx is active.
	late, secret, e := h.newKey(by, app, goes, api.CreateKeyRequest{})
	h.clock.add(2 * time.Hour)
	if err := h.deleteArx(by, goes.ID); err != nil {
		t.Fatal(err)
	}
	deleted := h.clock.now()
	want := api.KeyTotals{Total: 1, Active: 1, Deleted: 7}
	h.wantTotals(by, want)
	killed := mortally(t, h, func(ctx context.Context, other *stores) error {
		err := settle(ctx, other)
		h.wantTotals(by, want)
		return err
	})
	if killed < 3 {
		t.Errorf("killed %d times: the test proves nothing", killed)
	}
	for _, id := range ids {
		if k := must(h.keys.Get(t.Context(), "acme", id)); k.State != api.KeyDeleted {
			t.Errorf("%s is %s", id, k.State)
		}
	}
	if err := h.keys.Create(t.Context(), late, secret.Digest(), e, requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	want.Deleted++
	h.wantTotals(by, want) // it counts as deleted
	h.clock.set(deleted.Add(arxstore.Grace - time.Millisecond))
	if err := settle(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{goes.ID}, h.settling("acme")); diff != "" {
		t.Errorf("within the grace (-want +got):\n%s", diff)
	}
	h.clock.set(deleted.Add(arxstore.Grace))
	if err := errors.Join(atOnce(2, func() error { return settle(t.Context(), h) })...); err != nil {
		t.Fatal(err)
	}
	if got := h.settling("acme"); len(got) > 0 {
		t.Errorf("after the grace %v remains", got)
	}
	if k := must(h.keys.Get(t.Context(), "acme", late.ID)); k.State != api.KeyDeleted {
		t.Errorf("the late one is %s", k.State)
	}
	h.wantTotals(by, want)
	h.wantSound()
}

// atOnce calls do concurrently that many times, and returns the errors.
func atOnce(many int, do func() error) []error {
	errs := make([]error, many)
	var group sync.WaitGroup
	for i := range many {
		group.Go(func() { errs[i] = do() })
	}
	group.Wait()
	return errs
}

// The events of keys that were deleted with their Arx name who deleted it, whoever settles them.
func TestSettledKeysNameWhoDeletedTheirArx(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	h.tick()
	if err := h.deleteArx(by, arx.ID); err != nil {
		t.Fatal(err)
	}
	if err := settle(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	events := must(h.db.Query(t.Context(), table.Partition(table.ResourceEvent("acme", k.ID, "")), 0))
	last := eventOf(t, events[len(events)-1])
	if last.Action != "arxes.delete" || last.Principal != by.By() || last.From != by.From || last.RequestID != by.RequestID || !last.Intact() {
		t.Errorf("%+v", last)
	}
}

func TestPurgeKilledAnywhereKeepsLiveKeys(t *testing.T) {
	h, by := open(t), owner("acme")
	app, stays, goes := h.application(by, "Billing"), h.arx(by, "EU"), h.arx(by, "US")
	kept, _ := h.key(by, app, stays, api.CreateKeyRequest{})
	var gone []string
	for range 4 {
		k, _ := h.key(by, app, goes, api.CreateKeyRequest{})
		gone = append(gone, k.ID)
	}
	alone, _ := h.key(by, app, stays, api.CreateKeyRequest{})
	if err := errors.Join(h.deleteKey(by, alone.ID), h.deleteArx(by, goes.ID), settle(t.Context(), h)); err != nil {
		t.Fatal(err)
	}
	deleted := h.clock.now()
	h.clock.set(deleted.Add(arxstore.Grace))
	if err := settle(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	h.clock.set(deleted.Add(lifecycle.Retention - time.Millisecond))
	if err := purge(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1, Deleted: 5})
	h.clock.set(deleted.Add(lifecycle.Retention + arxstore.Grace))
	killed := mortally(t, h, func(ctx context.Context, other *stores) error {
		err := purge(ctx, other)
		got := must(h.counts.Keys(t.Context(), "acme", h.clock.now()))
		if got.Total != 1 || got.Active != 1 || got.Deleted < 0 || got.Deleted > 5 {
			t.Errorf("totals %+v", got)
		}
		return err
	})
	if killed < 3 {
		t.Errorf("killed %d times: the test proves nothing", killed)
	}
	if err := errors.Join(atOnce(2, func() error { return purge(t.Context(), h) })...); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
	h.wantSound()
	for _, item := range h.engine.Items(t) {
		at := item.Key()
		if strings.HasPrefix(at.PK, "evt#") {
			continue // events stay for their own time
		}
		for _, id := range append(gone, alone.ID, goes.ID) {
			if strings.Contains(at.PK+" "+at.SK, id) {
				t.Errorf("%s: %s %s remains", id, at.PK, at.SK)
			}
		}
	}
	if _, err := h.arxes.Get(t.Context(), "acme", goes.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("the Arx: %v, want not_found", err)
	}
	if k := must(h.keys.Get(t.Context(), "acme", kept.ID)); k.State != api.KeyActive {
		t.Errorf("the remaining key is %s", k.State)
	}
	if got := must(h.counts.Arxes(t.Context(), "acme")); got != (api.ArxTotals{Total: 1, Active: 1}) {
		t.Errorf("Arxes %+v", got)
	}
}

func TestArxIsPurgedAfterItsKeys(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if err := h.deleteArx(by, arx.ID); err != nil {
		t.Fatal(err)
	}
	h.clock.add(lifecycle.Retention)
	there := func(when string) {
		t.Helper()
		if err := purge(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if _, err := h.arxes.Get(t.Context(), "acme", arx.ID); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	there("its keys were not settled")
	if err := settle(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	there("its key was deleted just now")
	h.clock.add(lifecycle.Retention)
	if err := purge(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Arx": second(h.arxes.Get(t.Context(), "acme", arx.ID)), "key": second(h.keys.Get(t.Context(), "acme", k.ID)),
	} {
		if !problem.Is(err, problem.NotFound) {
			t.Errorf("%s: %v, want not_found", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestJobIndexContainsOnlyWaitingItems(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	h.arx(by, "US")
	h.key(by, app, arx, api.CreateKeyRequest{})
	h.expiringKeys(by, app, arx, 1)
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	due := func(of table.Job, at time.Time) (found []string) {
		t.Helper()
		for key, err := range h.db.Due(t.Context(), of, at) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, fmt.Sprintf("%s %s", key.Tenant(), key.ID()))
		}
		return found
	}
	late := h.clock.now().Add(lifecycle.Retention + time.Second)
	if got := due(table.KeyPurge, late.Add(-time.Hour)); len(got) > 0 {
		t.Errorf("purge: %v before its time", got)
	}
	if diff := cmp.Diff([]string{"acme " + k.ID}, due(table.KeyPurge, late)); diff != "" {
		t.Errorf("purge (-want +got):\n%s", diff)
	}
	if got := due(table.Expiry, late); len(got) != 1 {
		t.Errorf("expiry: %v, want one", got)
	}
	for _, none := range []table.Job{table.Settlement, table.ArxPurge, table.CountPurge} {
		if got := due(none, late); len(got) > 0 {
			t.Errorf("%s: %v, want none", none, got)
		}
	}
}
