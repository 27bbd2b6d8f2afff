package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// updated is the engine with a hook around single updates.
type updated struct {
	*dynamodb.Client
	calls  atomic.Int32
	around atomic.Pointer[func(update func() error) error] // nil: nothing
}

func (u *updated) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (out *dynamodb.UpdateItemOutput, err error) {
	u.calls.Add(1)
	do := func() error {
		out, err = u.Client.UpdateItem(ctx, in, o...)
		return err
	}
	if around := u.around.Load(); around != nil {
		return out, (*around)(do)
	}
	return out, do()
}

func (u *updated) do(around func(update func() error) error) { u.around.Store(&around) }

// counting is an environment that counts uses, with a clock that stands still.
type counting struct {
	t *testing.T
	*usestore.Recorder
	engine *updated
	db     *table.Table
	uses   *usestore.Uses
	items  func(testing.TB) []table.Item
	log    bytes.Buffer
	clock  clock
}

// noon is not near the end of an hour.
var noon = time.Now().UTC().Truncate(24 * time.Hour).Add(12*time.Hour + 30*time.Minute)

func newCounting(t *testing.T) *counting {
	t.Helper()
	e := storetest.Open(t)
	c := &counting{t: t, engine: &updated{Client: e.Client}, items: e.Items, clock: clock{at: noon}}
	c.db = table.New(c.engine, e.Name).WithClock(c.clock.now)
	c.uses = usestore.New(c.db)
	c.Recorder = usestore.NewRecorder(c.db, c.clock.now, slog.New(slog.NewTextHandler(&c.log, nil)))
	return c
}

func use(key int, code api.Code) usage.Use {
	return usage.Use{
		Tenant: "acme", KeyID: fmt.Sprintf("key_%016d", key), ApplicationID: "app_0000000000000001", ArxID: "arx_0000000000000001",
		Code: code, LastFour: "9fQa", At: noon,
	}
}

// invoke is an invocation of the environment that records uses, and what it does after it has responded.
func (c *counting) invoke(uses ...usage.Use) {
	for _, u := range uses {
		c.Count(u)
	}
	if c.Due() {
		c.Write(c.t.Context())
	}
}

// settled waits until that many updates were requested in total.
func (c *counting) settled(calls int32) {
	c.t.Helper()
	for range 3000 {
		if c.engine.calls.Load() >= calls {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := c.engine.calls.Load(); got != calls {
		c.t.Fatalf("%d updates, want %d", got, calls)
	}
}

// kept checks the stored figures of the subject for today.
func (c *counting) kept(of usage.Subject, want map[api.Code]int) {
	c.t.Helper()
	r := usage.Latest(noon)
	hours, err := c.uses.Hours(c.t.Context(), of, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if diff := cmp.Diff(want, r.Chart(hours).Totals.Codes); diff != "" {
		c.t.Errorf("%v (-want +got):\n%s", of, diff)
	}
}

// latest checks the latest use of a record at that time.
func (c *counting) latest(id string, now time.Time, uses int, last time.Time) {
	c.t.Helper()
	used, err := c.uses.Summaries(c.t.Context(), "acme", now, id)
	if at := used[id].Last.At(); err != nil || used[id].Uses != uses || at == nil || !at.Equal(last) {
		c.t.Errorf("%s at %s: %d uses, the last one at %v, %v; want %d and %s", id, now, used[id].Uses, at, err, uses, last)
	}
}

// write makes another environment with that clock write the uses, each at its time.
func (c *counting) write(now time.Time, uses ...usage.Use) {
	c.t.Helper()
	at := clock{at: now}
	var log bytes.Buffer
	other := usestore.NewRecorder(c.db.WithClock(at.now), at.now, slog.New(slog.NewTextHandler(&log, nil)))
	for _, u := range uses {
		other.Count(u)
	}
	other.Flush(c.t.Context())
	if log.Len() > 0 {
		c.t.Errorf("logged: %s", log.String())
	}
}

// usedAt returns a valid use of a key at that time.
func usedAt(at time.Time) usage.Use {
	u := use(1, api.CodeValid)
	u.At = at
	return u
}

var (
	theKey = usage.Of(use(1, "").KeyID)
	theApp = usage.Of(use(1, "").ApplicationID)
	theArx = usage.Of(use(1, "").ArxID)
	both   = usage.Subject{ID: theApp.ID, ArxID: theArx.ID}
	acme   = usage.Of("acme")
)

func TestFirstUseIsWrittenAtOnceAndLaterUsesEveryTenSeconds(t *testing.T) {
	c := newCounting(t)
	c.invoke(use(1, api.CodeValid))
	c.settled(2) // the key's day, and its latest use
	c.kept(theKey, map[api.Code]int{api.CodeValid: 1})
	c.kept(acme, map[api.Code]int{})
	for range 50 {
		c.clock.add(199 * time.Millisecond)
		c.invoke(use(1, api.CodeValid), usage.Use{Tenant: "acme", Code: api.CodeMalformed, At: noon})
	}
	c.settled(2)

	c.clock.set(noon.Add(10 * time.Second))
	c.invoke(use(1, api.CodeExpired))
	c.settled(2 + 8) // five days; the latest use of key, application and Arx
	c.Flush(t.Context())
	c.kept(theKey, map[api.Code]int{api.CodeValid: 51, api.CodeExpired: 1})
	for _, of := range []usage.Subject{theApp, theArx, both} {
		c.kept(of, map[api.Code]int{api.CodeValid: 51, api.CodeExpired: 1})
	}
	c.kept(acme, map[api.Code]int{api.CodeValid: 51, api.CodeExpired: 1, api.CodeMalformed: 50})
	used, err := c.uses.Summaries(t.Context(), "acme", noon, theKey.ID, theApp.ID, theArx.ID, "key_0000000000000009")
	if err != nil || len(used) != 3 {
		t.Fatalf("%+v, %v", used, err)
	}
	for id, s := range used {
		if got := s.Response(); got.Uses24h != 51 || got.LastUsedAt == nil || !got.LastUsedAt.Equal(noon) {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if c.log.Len() > 0 {
		t.Errorf("logged: %s", c.log.String())
	}
}

func TestFirstUsesAreNotAllWrittenAtOnce(t *testing.T) {
	c := newCounting(t)
	for key := range 100 {
		c.invoke(use(key, api.CodeValid))
	}
	c.settled(2 * 20)
	c.Flush(t.Context())
	for key := range 100 {
		c.kept(usage.Of(use(key, "").KeyID), map[api.Code]int{api.CodeValid: 1})
	}
	c.kept(acme, map[api.Code]int{api.CodeValid: 100})
}

func TestRefusedWriteIsRepeatedWithoutCountingTwice(t *testing.T) {
	c := newCounting(t)
	c.engine.do(func(func() error) error {
		return &types.ProvisionedThroughputExceededException{Message: aws.String("no")}
	})
	for i := range 3 {
		c.clock.set(noon.Add(time.Duration(i) * 10 * time.Second))
		c.invoke(use(1, api.CodeValid))
		c.Flush(t.Context())
	}
	c.kept(theKey, map[api.Code]int{})
	if !strings.Contains(c.log.String(), "use not written") {
		t.Error("the failure is not logged")
	}
	c.engine.around.Store(nil)
	c.clock.add(10 * time.Second)
	c.invoke()
	c.Flush(t.Context())
	for _, of := range []usage.Subject{theKey, theApp, acme} {
		c.kept(of, map[api.Code]int{api.CodeValid: 3})
	}
	for _, of := range []usage.Subject{theKey, theApp, theArx} {
		c.latest(of.ID, noon.Add(30*time.Second), 3, noon)
	}
}

func TestWriteWithUnknownResultIsNotRepeated(t *testing.T) {
	c := newCounting(t)
	cut := errors.New("connection reset")
	c.engine.do(func(update func() error) error { return errors.Join(update(), cut) })
	c.invoke(use(1, api.CodeValid))
	c.Flush(t.Context())
	c.engine.around.Store(nil)
	c.Flush(t.Context())
	c.Flush(t.Context())
	for _, of := range []usage.Subject{theKey, theApp, acme} {
		c.kept(of, map[api.Code]int{api.CodeValid: 1})
	}
	for _, of := range []usage.Subject{theKey, theApp, theArx} {
		c.latest(of.ID, noon, 1, noon)
	}
}

// The environment continues while the store does not respond, and its counts are written in the end.
func TestSlowWritesDoNotBlockAnEnvironment(t *testing.T) {
	c := newCounting(t)
	release := make(chan struct{})
	c.engine.do(func(update func() error) error { <-release; return update() })
	for i := range 5 {
		c.clock.set(noon.Add(time.Duration(i) * 10 * time.Second))
		c.invoke(use(1, api.CodeValid)) // would never return
	}
	close(release)
	c.Flush(t.Context())
	c.kept(theKey, map[api.Code]int{api.CodeValid: 5})
	c.kept(acme, map[api.Code]int{api.CodeValid: 5})
}

func TestConcurrentUsesAreAllCounted(t *testing.T) {
	c := newCounting(t)
	const callers, calls = 8, 100
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for i := range calls {
				c.invoke(use(i%5, api.CodeValid))
			}
		})
	}
	group.Wait()
	c.Flush(t.Context())
	for key := range 5 {
		c.kept(usage.Of(use(key, "").KeyID), map[api.Code]int{api.CodeValid: callers * calls / 5})
	}
	c.kept(acme, map[api.Code]int{api.CodeValid: callers * calls})
	c.latest(theKey.ID, noon, callers*calls/5, noon)
	c.latest(theArx.ID, noon, callers*calls, noon)
}

func TestLastUseDoesNotGoBack(t *testing.T) {
	c := newCounting(t)
	late, early := use(1, api.CodeValid), use(1, api.CodeValid)
	late.At, early.At = noon.Add(time.Minute), noon
	early.LastFour = "old1"
	c.Count(late)
	c.Flush(t.Context())
	other := usestore.NewRecorder(c.db, c.clock.now, nil)
	other.Count(early)
	other.Flush(t.Context())
	older := early
	older.Older = true
	other.Count(older)
	other.Flush(t.Context())
	used, err := c.uses.Summaries(t.Context(), "acme", late.At, theKey.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := usage.LastUse{Newest: usage.Sight{At: late.At, LastFour: "9fQa"}, Older: usage.Sight{At: noon, LastFour: "old1"}}
	if diff := cmp.Diff(want, used[theKey.ID].Last); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUseIsKeptForNinetyDays(t *testing.T) {
	c := newCounting(t)
	c.Count(use(1, api.CodeValid))
	c.Flush(t.Context())
	r, err := usage.RangeOf(api.UsageRange{From: noon.Add(-time.Hour), Interval: api.ByDay}, noon.AddDate(0, 0, 89))
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{89: 1, 91: 1, 92: 0, 400: 0} {
		c.clock.set(noon.AddDate(0, 0, days))
		hours, err := c.uses.Hours(t.Context(), theKey, r)
		if got := r.Chart(hours).Totals.Total; err != nil || got != want {
			t.Errorf("after %d days: %d uses, %v", days, got, err)
		}
	}
	for _, item := range c.items(t) {
		ends := time.Unix(int64(item.Int(table.TTL)), 0).UTC()
		if !strings.HasSuffix(item.Key().PK, "#latest") && !ends.Equal(noon.Truncate(24*time.Hour).AddDate(0, 0, 92)) {
			t.Errorf("%s %s ends at %s", item.Key().PK, item.SortKey(), ends)
		}
	}
}

func TestChartByDayIsTheSumOfItsHours(t *testing.T) {
	c := newCounting(t)
	for n, code := range api.Codes() {
		for back := range 50 {
			u := usedAt(noon.Add(-time.Duration(back*(n+1)) * time.Hour))
			u.Code = code
			c.Count(u)
		}
	}
	c.Flush(t.Context())
	r, err := usage.RangeOf(api.UsageRange{From: noon.AddDate(0, 0, -40), Interval: api.ByDay}, noon)
	if err != nil {
		t.Fatal(err)
	}
	byHour := r
	byHour.Interval = api.ByHour
	for _, of := range []usage.Subject{theKey, acme, both} {
		days, err := c.uses.Hours(t.Context(), of, r)
		if err != nil {
			t.Fatal(err)
		}
		hours, err := c.uses.Hours(t.Context(), of, byHour)
		if err != nil {
			t.Fatal(err)
		}
		if len(days) >= len(hours) {
			t.Errorf("%d days of %d hours", len(days), len(hours))
		}
		if diff := cmp.Diff(r.Chart(hours), r.Chart(days)); diff != "" || r.Chart(days).Totals.Total == 0 {
			t.Errorf("%v (-by hour +by day):\n%s", of, diff)
		}
	}
}

func TestPurgedKeyLeavesNoLatestUse(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	recorder := usestore.NewRecorder(h.db, time.Now, nil)
	recorder.Count(usage.Use{Tenant: "acme", KeyID: k.ID, ApplicationID: app.ID, ArxID: arx.ID, Code: api.CodeValid, LastFour: k.LastFour, At: h.clock.now()})
	recorder.Flush(t.Context())
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	last := func() (found int) {
		for _, item := range h.engine.Items(t) {
			if item.Key() == table.LatestUse("acme", k.ID) {
				found++
			}
		}
		return found
	}
	if last() != 1 {
		t.Error("a deleted key's last use was removed too early")
	}
	if n, err := h.keys.Purge(t.Context(), h.clock.now().AddDate(0, 0, 91)); n != 1 || err != nil || last() != 0 {
		t.Errorf("%d purged, %v, %d last uses left", n, err, last())
	}
}

// A fast clock sets a last use in the future: it is returned as now, and the next use by a correct clock
// replaces it.
func TestLastUseByAFastClockIsCorrected(t *testing.T) {
	c := newCounting(t)
	wrong := use(1, api.CodeValid)
	wrong.At = noon.Add(5 * time.Minute)
	c.Count(wrong)
	c.Flush(t.Context())
	last := func() *time.Time {
		t.Helper()
		used, err := c.uses.Summaries(t.Context(), "acme", c.clock.now(), theKey.ID)
		if err != nil {
			t.Fatal(err)
		}
		return used[theKey.ID].Last.At()
	}
	if at := last(); at == nil || !at.Equal(noon) {
		t.Errorf("used at %v, want now, %s", at, noon)
	}
	c.clock.set(noon.Add(10 * time.Second))
	right := use(1, api.CodeValid)
	right.At = c.clock.now()
	other := usestore.NewRecorder(c.db, c.clock.now, nil)
	other.Count(right)
	other.Flush(t.Context())
	c.clock.set(noon.Add(time.Hour))
	if at := last(); at == nil || !at.Equal(right.At) {
		t.Errorf("used at %v, want %s", at, right.At)
	}
}
