package storetest_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestAgingKeysAreThoseThatNeedAttention(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx, gone := h.application(by, "Billing"), h.arx(by, "EU"), h.arx(by, "US")
	name := map[string]string{}
	key := func(called string, req api.CreateKeyRequest) keys.Key {
		k, _ := h.key(by, app, arx, req)
		name[k.ID] = called
		return k
	}
	soon := h.clock.now().Add(24 * time.Hour)
	used, never := key("used", api.CreateKeyRequest{}), key("never used", api.CreateKeyRequest{})
	longAgo := key("used long ago", api.CreateKeyRequest{})
	expired := key("expired", api.CreateKeyRequest{ExpiresAt: &soon})
	disabled := key("disabled", api.CreateKeyRequest{})
	if err := h.change(by, disabled.ID, "disable", only(keys.Disable)); err != nil {
		t.Fatal(err)
	}
	ofGone, _ := h.key(by, app, gone, api.CreateKeyRequest{})
	name[ofGone.ID] = "of a deleted Arx"
	if err := h.deleteArx(by, gone.ID); err != nil {
		t.Fatal(err)
	}
	recorder := usestore.NewRecorder(h.db, time.Now, slog.New(slog.DiscardHandler))
	use := func(k keys.Key, at time.Time) {
		recorder.Count(usage.Use{Tenant: "acme", KeyID: k.ID, ApplicationID: app.ID, ArxID: arx.ID, Code: api.CodeValid, LastFour: k.LastFour, At: at})
	}
	began := h.clock.now()
	use(used, began.AddDate(0, 0, 30))
	use(longAgo, began.AddDate(0, 0, 1))
	use(expired, began)
	recorder.Flush(t.Context())

	type told struct {
		Names []string
		Count int
		More  bool
	}
	tell := func(few keystore.Few) told {
		out := told{Count: few.Count, More: few.More}
		for _, row := range few.Rows {
			out.Names = append(out.Names, name[row.ID])
		}
		return out
	}
	want := func(when string, at time.Time, rows int, due, overlaps, unused told) {
		t.Helper()
		h.clock.set(at)
		must(h.keys.Sweep(t.Context(), at))
		must(h.keys.RollUp(t.Context(), at))
		aging, err := h.keys.Attention(t.Context(), "acme", at, rows)
		if err != nil {
			t.Fatal(err)
		}
		got := []told{tell(aging.RotationDue), tell(aging.Overlaps), tell(aging.Unused)}
		if diff := cmp.Diff([]told{due, overlaps, unused}, got); diff != "" {
			t.Errorf("%s: due, overlaps, unused (-want +got):\n%s", when, diff)
		}
	}
	want("new", h.clock.now(), 5, told{}, told{}, told{})
	want("before ninety days", never.CreatedAt.Add(keys.UnusedAfter-time.Millisecond), 5, told{}, told{}, told{})
	want("after ninety days", began.AddDate(0, 0, 91).Add(time.Hour), 5, told{}, told{}, told{Names: []string{"never used", "used long ago"}, Count: 2})
	want("the first of them", began.AddDate(0, 0, 91).Add(time.Hour), 1, told{}, told{}, told{Names: []string{"never used"}, Count: 2})
	want("past the rotation, too", began.AddDate(0, 3, 1), 5,
		told{Names: []string{"used", "never used", "used long ago"}, Count: 3}, told{}, told{Names: []string{"never used", "used long ago"}, Count: 2})

	idle := told{Names: []string{"never used", "used long ago"}, Count: 2}
	must(h.rotate(by, never.ID, 48*time.Hour, "", requeststore.Request{}))
	must(h.rotate(by, used.ID, time.Hour, "", requeststore.Request{}))
	must(h.rotate(by, longAgo.ID, 0, "", requeststore.Request{}))
	want("rotated", h.clock.now(), 5, told{}, told{Names: []string{"used", "never used"}, Count: 2}, idle)
	want("one has ended", h.clock.now().Add(2*time.Hour), 5, told{}, told{Names: []string{"never used"}, Count: 1}, idle)
	if aging, err := h.keys.Attention(t.Context(), "other", began.AddDate(1, 0, 0), 5); err != nil || aging.Unused.Count+aging.RotationDue.Count > 0 {
		t.Errorf("another tenant: %+v, %v", aging, err)
	}
}
