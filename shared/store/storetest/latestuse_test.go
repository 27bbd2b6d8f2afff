package storetest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// midnight is the start of the day after noon's.
var midnight = noon.Truncate(24*time.Hour).AddDate(0, 0, 1)

// The updates of a batch. The first use of a key in an environment is a batch of its own.
const (
	ofOneUse  = 5 + 3 // five days, and the latest uses of three records
	ofFirst   = 1 + 1 // the key's
	ofTheRest = 5 + 3
)

func TestLatestUseIsOneWriteAtEveryHourAndAcrossMidnight(t *testing.T) {
	c := newCounting(t)
	before, after := midnight.Add(-10*time.Second), midnight.Add(5*time.Second)
	c.write(before, usedAt(before))
	c.settled(ofOneUse)
	c.write(after, usedAt(before.Add(time.Second)), usedAt(after))
	const ofBoth = ofFirst + ofTheRest + 4 // whose first was before midnight: four days more are of then
	c.settled(ofOneUse + ofBoth)
	c.write(after.Add(20*time.Hour), usedAt(after.Add(20*time.Hour)))
	c.settled(ofOneUse + ofBoth + ofOneUse)
	for _, of := range []string{theKey.ID, theApp.ID, theArx.ID} {
		c.latest(of, after, 3, after)
		c.latest(of, after.Add(20*time.Hour), 4, after.Add(20*time.Hour))
		c.latest(of, midnight.Add(22*time.Hour+59*time.Minute), 4, after.Add(20*time.Hour))
		c.latest(of, midnight.Add(23*time.Hour), 2, after.Add(20*time.Hour)) // 23:00 of the day before has left
		c.latest(of, midnight.Add(24*time.Hour), 1, after.Add(20*time.Hour))
		c.latest(of, midnight.AddDate(1, 0, 0), 0, after.Add(20*time.Hour))
	}
}

func TestLatestUsesOfManyEnvironmentsAreCountedAndLatestIsKept(t *testing.T) {
	c := newCounting(t)
	const environments, flushes, each = 8, 10, 3
	var group sync.WaitGroup
	for n := range environments {
		group.Go(func() {
			for i := range flushes {
				at := midnight.Add(time.Duration((i-flushes/2)*environments+n) * time.Second) // before and after
				u := usedAt(at)
				u.Older = n%2 == 1
				u.LastFour = fmt.Sprintf("old%d", n%2)
				c.write(midnight.Add(time.Duration(rand.IntN(100))*time.Second), u, u, u)
			}
		})
	}
	group.Wait()
	last := func(n int) time.Time {
		return midnight.Add(time.Duration((flushes-1-flushes/2)*environments+n) * time.Second)
	}
	for _, of := range []string{theKey.ID, theApp.ID, theArx.ID} {
		c.latest(of, midnight.Add(time.Hour), environments*flushes*each, last(environments-1))
	}
	used, err := c.uses.Summaries(t.Context(), "acme", midnight.Add(time.Hour), theKey.ID)
	newest, older := used[theKey.ID].Last.By("old0"), used[theKey.ID].Last.By("old1")
	if err != nil || newest == nil || !newest.Equal(last(environments-2)) || older == nil || !older.Equal(last(environments-1)) {
		t.Errorf("used by the newest at %v, by the older one at %v, %v", newest, older, err)
	}
}

// If a later last use is stored, the uses are counted without it, in one more update.
func TestLateFlushCountsAndKeepsTheLatestUse(t *testing.T) {
	c := newCounting(t)
	early, late := usedAt(noon), usedAt(noon.Add(time.Minute))
	early.LastFour = "old1"
	c.write(late.At, late)
	c.settled(ofOneUse)
	c.write(late.At, early)
	c.settled(ofOneUse + ofOneUse + 3)
	c.latest(theKey.ID, late.At, 2, late.At)

	older := early
	older.Older = true
	c.write(late.At, early, early, older) // of the two, the older one's is new
	c.settled(ofOneUse + ofOneUse + 3 + ofFirst + 1 + ofTheRest + 3)
	used, err := c.uses.Summaries(t.Context(), "acme", late.At, theKey.ID)
	last := used[theKey.ID].Last
	if err != nil || used[theKey.ID].Uses != 5 || !last.Newest.At.Equal(late.At) || last.Newest.LastFour != "9fQa" || !last.Older.At.Equal(noon) || last.Older.LastFour != "old1" {
		t.Errorf("%+v, %v", used, err)
	}

	c.write(noon.Add(22*time.Hour), early) // held for a day, nearly, by an environment that slept
	c.latest(theKey.ID, noon.Add(22*time.Hour), 6, late.At)
	c.write(noon.Add(25*time.Hour), early) // in an hour that is no longer read
	c.latest(theKey.ID, noon.Add(22*time.Hour), 6, late.At)
	c.kept(theKey, map[api.Code]int{api.CodeValid: 7})
}

// The same holds for the second of two updates whose result is unknown.
func TestLateFlushOfUnknownOutcomeIsNotRepeated(t *testing.T) {
	c := newCounting(t)
	late := usedAt(noon.Add(30 * time.Second))
	c.write(late.At, late)
	cut := errors.New("connection reset")
	c.engine.do(func(update func() error) error {
		if err := update(); err != nil {
			return err
		}
		return cut
	})
	c.Count(usedAt(noon))
	c.Flush(t.Context())
	c.engine.around.Store(nil)
	c.Flush(t.Context())
	c.Flush(t.Context())
	for _, of := range []string{theKey.ID, theApp.ID, theArx.ID} {
		c.latest(of, late.At, 2, late.At)
	}
}

func TestUsesByAFastClockAreReportedInTheirHour(t *testing.T) {
	c := newCounting(t)
	ahead := noon.Add(48 * time.Hour)
	c.write(ahead, usedAt(ahead))
	c.latest(theKey.ID, noon, 0, noon)
	c.write(noon, usedAt(noon))
	c.settled(ofOneUse + ofOneUse)
	c.latest(theKey.ID, noon, 1, noon)
	c.latest(theKey.ID, ahead, 1, noon)
	c.write(ahead, usedAt(ahead)) // it does not undo what the right one counted
	c.latest(theKey.ID, noon, 1, noon)

	soon := noon.Add(29*time.Minute + 59*time.Second)
	c.write(soon.Add(2*time.Second), usedAt(soon.Add(2*time.Second))) // ahead by no more than clocks may be
	c.write(soon, usedAt(soon))
	c.latest(theKey.ID, soon, 2, soon)
	c.latest(theKey.ID, soon.Add(time.Minute), 3, soon.Add(2*time.Second))
}

func TestUsesByASlowClockAreCountedInTheirHour(t *testing.T) {
	c := newCounting(t)
	c.write(noon, usedAt(noon))
	behind := noon.Add(-3 * time.Hour)
	c.write(behind, usedAt(behind)) // which takes the last use for one by a clock that is ahead
	c.write(noon, usedAt(noon))
	c.latest(theKey.ID, noon, 3, noon)
	c.latest(theKey.ID, noon.Add(21*time.Hour), 2, noon)
}

// An item does not grow with the age of its record.
func TestLatestUseKeepsFewHours(t *testing.T) {
	c := newCounting(t)
	const hours = 24 * 5
	for n := range hours {
		at := noon.Add(time.Duration(n) * time.Hour)
		c.write(at, usedAt(at))
	}
	if calls := c.engine.calls.Load(); calls > hours*ofOneUse+3*hours/24 {
		t.Errorf("%d updates in %d hours: hours are removed more than once a day", calls, hours)
	}
	now := noon.Add((hours - 1) * time.Hour)
	c.latest(theKey.ID, now, 24, now)
	found := 0
	for _, item := range c.items(t) {
		if kind, _, part := item.Key().Parts(); kind != "use" || part != "latest" {
			continue
		}
		found++
		kept := 0
		for attribute := range item {
			if attribute[0] == 'h' || attribute[0] == 'q' {
				kept++
			}
		}
		if kept < 24+4 || kept > 24+5+24+1 {
			t.Errorf("%s has %d hours and quarters", item.SortKey(), kept)
		}
	}
	if found != 3 {
		t.Errorf("%d items", found)
	}
}

// put writes up to 25 items.
func put(t testing.TB, e *storetest.Engine, items []types.WriteRequest) {
	t.Helper()
	_, err := e.Client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{e.Name: items}})
	if err != nil {
		t.Fatal(err)
	}
}

// fillLatest stores the latest use of that many keys of the tenant: 100,000 uses each, plus the key's
// number in each of the last hours. It copies an item that the store wrote.
func fillLatest(t testing.TB, e *storetest.Engine, tenant string, keys, hours int) (ids []string) {
	t.Helper()
	const one = "key_zzzzzzzzzzzzzzzz"
	for h := range hours {
		at := noon.Add(-time.Duration(hours-1-h) * time.Hour)
		then := clock{at: at}
		recorder := usestore.NewRecorder(e.Table().WithClock(then.now), then.now, nil)
		recorder.Count(usage.Use{Tenant: tenant, KeyID: one, ApplicationID: "app_0", ArxID: "arx_0", Code: api.CodeValid, LastFour: "9fQa", At: at})
		recorder.Flush(t.Context())
	}
	var whole table.Item
	for _, item := range e.Items(t) {
		if item.Key() == table.LatestUse(tenant, one) {
			whole = item
		}
	}
	var batch []types.WriteRequest
	for n := range keys {
		id := fmt.Sprintf("%s%016d", api.KeyPrefix, n)
		ids = append(ids, id)
		item := whole.At(table.LatestUse(tenant, id))
		for attribute := range item {
			if attribute[0] == 'h' || attribute[0] == 'q' {
				item.SetInt(attribute, item.Int(attribute)*(100_000+n))
			}
		}
		if batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}); len(batch) == 25 || n == keys-1 {
			put(t, e, batch)
			batch = nil
		}
	}
	return ids
}

func TestLatestUsesOfAPageAreOneRead(t *testing.T) {
	e := storetest.Open(t)
	m := newMetered(e)
	uses := usestore.New(table.New(m, e.Name))
	ids := fillLatest(t, e, "acme", 300, 48)
	fillLatest(t, e, "other", 3, 48)
	reversed := slices.Clone(ids[100:150])
	slices.Reverse(reversed)
	const each = 100_000 * 24
	for _, c := range []struct {
		why   string
		ids   []string
		calls int
	}{
		{"nothing", nil, 0},
		{"one", ids[7:8], 1},
		{"a page", ids[100:150], 1},
		{"a page with gaps", append(append([]string{}, ids[100:120]...), ids[150:180]...), 1},
		{"the same one twice", []string{ids[3], ids[3]}, 1},
		{"a page, the newest first", reversed, 1},
		{"a page with wide gaps", []string{ids[0], ids[50], ids[100], ids[200], ids[299]}, 2},
		{"a page that is sorted by something else", []string{ids[299], ids[0], ids[100], ids[200], ids[50]}, 1},
		{"all", ids, 1},
		{"none that is there", []string{"key_a", "key_b"}, 1},
	} {
		m.reset()
		used, err := uses.PageSummaries(t.Context(), "acme", noon, c.ids...)
		if err != nil || m.spent().calls != c.calls {
			t.Errorf("%s: %d calls, %v, want %d", c.why, m.spent().calls, err, c.calls)
		}
		if one, err := uses.Summaries(t.Context(), "acme", noon, c.ids...); err != nil || !reflect.DeepEqual(one, used) {
			t.Errorf("%s: read one by one: %d, %v, want the same %d", c.why, len(one), err, len(used))
		}
		there := map[string]bool{}
		for _, id := range c.ids {
			if id >= ids[0] && id <= ids[299] {
				there[id] = true
				n, _ := strconv.Atoi(id[len(api.KeyPrefix):])
				if got := used[id]; got.Uses != each+24*n || !got.Last.Newest.At.Equal(noon.Truncate(time.Millisecond)) {
					t.Errorf("%s: %s: %+v", c.why, id, got)
				}
			}
		}
		if len(used) != len(there) {
			t.Errorf("%s: %d found, want %d", c.why, len(used), len(there))
		}
	}
	if used, err := uses.PageSummaries(t.Context(), "third", noon, ids...); err != nil || len(used) > 0 {
		t.Errorf("another tenant reads %d, %v", len(used), err)
	}
}
