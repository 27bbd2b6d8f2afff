package main

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestKeysOfADeletedArxAreSettled(t *testing.T) {
	db := storetest.Open(t).Table()
	_, arx, secret := storetest.Key(t, db, "acme")
	by := storetest.Owner("acme")
	h := handler{arxes: arxstore.New(db), keys: keystore.New(db), random: rand.Reader}
	if n, err := h.settle(t.Context(), time.Now()); n != 0 || err != nil {
		t.Errorf("%d, %v, want none", n, err)
	}
	decide := func(was arxes.Arx) (arxes.Arx, error) { return was.Do(arxes.Delete, by, time.Now()) }
	if _, err := arxstore.New(db).Delete(t.Context(), "acme", arx.ID, lifecycle.Transition(by, api.DeleteArx.Name, api.Conditional{}, decide, rand.Reader)); err != nil {
		t.Fatal(err)
	}
	after := time.Now().Add(time.Second)
	if n, err := h.settle(t.Context(), after); n != 1 || err != nil {
		t.Errorf("%d, %v, want one", n, err)
	}
	k, err := keystore.New(db).Get(t.Context(), "acme", api.KeyPrefix+secret.ID())
	if err != nil || k.State != api.KeyDeleted {
		t.Errorf("its key is %s, %v", k.State, err)
	}
	if n, err := h.settle(t.Context(), after); n != 0 || err != nil {
		t.Errorf("%d, %v, want none before the grace ends", n, err)
	}
}

// two returns two settlements, of which the first cannot be settled.
type two struct{ settled []string }

func (*two) Settlements(context.Context, time.Time) iter.Seq2[arxstore.Settlement, error] {
	return func(yield func(arxstore.Settlement, error) bool) {
		_ = yield(arxstore.Settlement{ArxID: "arx_1"}, nil) && yield(arxstore.Settlement{ArxID: "arx_2"}, nil)
	}
}

func (w *two) Settled(_ context.Context, of arxstore.Settlement, _ time.Time) error {
	w.settled = append(w.settled, of.ArxID)
	return nil
}

var errStuck = errors.New("stuck")

func (*two) Settle(_ context.Context, _, arxID string, _ func(keys.Key) (keys.Key, audit.Event, error)) error {
	if arxID == "arx_1" {
		return errStuck
	}
	return nil
}

func TestFailedSettlementDoesNotStopTheOthers(t *testing.T) {
	w := &two{}
	n, err := handler{arxes: w, keys: w}.settle(t.Context(), time.Now())
	if n != 1 || !errors.Is(err, errStuck) || len(w.settled) != 1 || w.settled[0] != "arx_2" {
		t.Errorf("%d, %v, settled %v", n, err, w.settled)
	}
}
