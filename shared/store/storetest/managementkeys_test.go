package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestLastUseIsWrittenOnceAnHourAndNeverFailsACall(t *testing.T) {
	h, f := openFaulty(t)
	m := storetest.ManagementKey(t, h.db, "acme", "ci", api.Admin, time.Time{})
	store, callers := managementkeystore.New(h.db), callerstore.New(h.db)
	credential, err := callers.Find(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	writes := 0
	f.before = func() error { writes++; return nil }
	used := func(at time.Time) *time.Time {
		t.Helper()
		h.clock.set(at)
		callers.Used(t.Context(), credential, at)
		found, _, _, err := store.List(t.Context(), "acme", api.ListManagementKeysRequest{}, at)
		if err != nil || len(found) != 1 {
			t.Fatalf("%+v, %v", found, err)
		}
		return found[0].LastUsedAt
	}
	start := time.Now().UTC().Truncate(time.Millisecond)
	if at := used(start); at == nil || !at.Equal(start) {
		t.Errorf("used at %v, want %s", at, start)
	}
	if at := used(start.Add(59 * time.Minute)); !at.Equal(start) || writes != 1 {
		t.Errorf("within the hour: %d writes, used at %s", writes, at)
	}
	later := start.Add(time.Hour)
	if at := used(later); !at.Equal(later) || writes != 2 {
		t.Errorf("after the hour: %d writes, used at %s", writes, at)
	}

	f.before = func() error { return errors.New("no connection") }
	callers.Used(t.Context(), credential, later.Add(time.Hour))
	ended, end := context.WithCancel(t.Context())
	end()
	callers.Used(ended, credential, later.Add(3*time.Hour))
	f.before = nil
	if at := used(later.Add(4 * time.Hour)); !at.Equal(later.Add(4 * time.Hour)) {
		t.Errorf("once it works again: used at %s", at)
	}
}

// A key that is deleted while it is used does not come back.
func TestUseOfADeletedManagementKeyDoesNotRestoreIt(t *testing.T) {
	db := storetest.Open(t).Table()
	m := storetest.ManagementKey(t, db, "acme", "ci", api.Admin, time.Time{})
	store, callers := managementkeystore.New(db), callerstore.New(db)
	credential, err := callers.Find(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := deleteManagementKey(t, store, m.ID); err != nil {
		t.Fatal(err)
	}
	callers.Used(t.Context(), credential, time.Now())
	if _, err := callers.Find(t.Context(), m.ID); err == nil {
		t.Error("the deleted key was found")
	}
	if found, totals, _, err := store.List(t.Context(), "acme", api.ListManagementKeysRequest{}, time.Now()); err != nil || len(found) > 0 || totals.Total > 0 {
		t.Errorf("listed: %+v, %v", found, err)
	}
}

func deleteManagementKey(t *testing.T, store *managementkeystore.ManagementKeys, id string) error {
	_, err := store.Delete(t.Context(), "acme", id, managementkeys.Deletion(owner("acme"), api.Conditional{}, time.Now(), rand.Reader))
	return err
}
