package usage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var now = time.Date(2026, 11, 24, 15, 20, 30, 0, time.UTC)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestRangeIsWholeBucketsUpToNow(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	for _, c := range []struct {
		why      string
		req      api.UsageRange
		from, to string
		buckets  int
	}{
		{"no range: this hour and the 23 before it", api.UsageRange{}, "2026-11-23 16:00:00", "2026-11-24 16:00:00", 24},
		{"by day: this day and the 29 before it", api.UsageRange{Interval: api.ByDay}, "2026-10-26 00:00:00", "2026-11-25 00:00:00", 30},
		{"the bucket of from is the first", api.UsageRange{From: at("2026-11-24 13:59:59")}, "2026-11-24 13:00:00", "2026-11-24 16:00:00", 3},
		{"the bucket of to is the last", api.UsageRange{From: at("2026-11-24 12:00:00"), To: at("2026-11-24 13:00:01")}, "2026-11-24 12:00:00", "2026-11-24 14:00:00", 2},
		{"to is not included", api.UsageRange{From: at("2026-11-24 12:00:00"), To: at("2026-11-24 13:00:00")}, "2026-11-24 12:00:00", "2026-11-24 13:00:00", 1},
		{"the future is cut off", api.UsageRange{From: at("2026-11-24 15:20:31"), To: at("2027-01-01 00:00:00")}, "2026-11-24 15:00:00", "2026-11-24 16:00:00", 1},
		{"other zones are converted to UTC", api.UsageRange{From: at("2026-11-23 01:00:00").In(zone), Interval: api.ByDay}, "2026-11-23 00:00:00", "2026-11-25 00:00:00", 2},
		{"to alone: what is before it", api.UsageRange{To: at("2026-11-01 10:00:00")}, "2026-10-31 10:00:00", "2026-11-01 10:00:00", 24},
		{"90 days back", api.UsageRange{From: now.Add(-90 * 24 * time.Hour), Interval: api.ByDay}, "2026-08-26 00:00:00", "2026-11-25 00:00:00", 91},
		{"to near the end of the retention", api.UsageRange{To: now.Add(-89 * 24 * time.Hour), Interval: api.ByDay}, "2026-08-26 00:00:00", "2026-08-28 00:00:00", 2},
	} {
		r, err := RangeOf(c.req, now)
		if err != nil || !r.From.Equal(at(c.from)) || !r.To.Equal(at(c.to)) || len(r.Chart(nil).Buckets) != c.buckets {
			t.Errorf("%s: %v to %v, %d buckets, %v", c.why, r.From, r.To, len(r.Chart(nil).Buckets), err)
		}
	}
}

func TestRangeOutsideTheRetentionIsRefused(t *testing.T) {
	for _, req := range []api.UsageRange{
		{From: now.Add(-90*24*time.Hour - time.Second)},
		{From: now.Add(2 * time.Hour)},
		{To: now.Add(-92 * 24 * time.Hour)},
		{From: now.Add(-100 * 24 * time.Hour), To: now.Add(-95 * 24 * time.Hour), Interval: api.ByDay},
	} {
		if r, err := RangeOf(req, now); !problem.Is(err, problem.InvalidField) {
			t.Errorf("%+v: %+v, %v", req, r, err)
		}
	}
}

func TestChartContainsEveryBucketAndAddsUp(t *testing.T) {
	hours := Hours{}
	hours.Add(at("2026-11-23 23:00:00"), api.CodeValid, 3)
	hours.Add(at("2026-11-24 00:00:00"), api.CodeValid, 4)
	hours.Add(at("2026-11-24 15:00:00"), api.CodeExpired, 5)
	hours.Add(at("2026-11-22 23:00:00"), api.CodeValid, 100) // before
	hours.Add(at("2026-11-25 00:00:00"), api.CodeValid, 100) // after
	r, err := RangeOf(api.UsageRange{From: at("2026-11-23 10:00:00"), Interval: api.ByDay}, now)
	if err != nil {
		t.Fatal(err)
	}
	want := api.Usage{
		From: at("2026-11-23 00:00:00"), To: at("2026-11-25 00:00:00"), Interval: api.ByDay,
		Totals: api.UseCounts{Total: 12, Codes: map[api.Code]int{api.CodeValid: 7, api.CodeExpired: 5}},
		Buckets: []api.UseBucket{
			{Start: at("2026-11-23 00:00:00"), UseCounts: api.UseCounts{Total: 3, Codes: map[api.Code]int{api.CodeValid: 3}}},
			{Start: at("2026-11-24 00:00:00"), UseCounts: api.UseCounts{Total: 9, Codes: map[api.Code]int{api.CodeValid: 4, api.CodeExpired: 5}}},
		},
	}
	if diff := cmp.Diff(want, r.Chart(hours)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var used = Use{Tenant: "acme", KeyID: "key_1", ApplicationID: "app_1", ArxID: "arx_1", Code: api.CodeValid, LastFour: "9fQa", At: now}

func TestUseCountsForKeyParentsAndTenant(t *testing.T) {
	var tally Tally
	if !tally.Own(used, 100) || !tally.Shared(used, 100) || !tally.Shared(used, 100) {
		t.Error("a count was dropped")
	}
	start, cell := at("2026-11-24 00:00:00"), Cell{15, api.CodeValid}
	want := Tally{
		Days: map[Day]Figures{
			{Of("key_1"), start}:                          {cell: 1},
			{Of("acme"), start}:                           {cell: 2},
			{Of("app_1"), start}:                          {cell: 2},
			{Of("arx_1"), start}:                          {cell: 2},
			{Subject{ID: "app_1", ArxID: "arx_1"}, start}: {cell: 2},
		},
		Latest: map[Record]LatestUse{
			{"acme", "key_1"}: {LastUse{Newest: Sight{now, "9fQa"}}, map[time.Time]int{at("2026-11-24 15:00:00"): 1}},
			{"acme", "app_1"}: {LastUse{Newest: Sight{At: now}}, map[time.Time]int{at("2026-11-24 15:00:00"): 2}},
			{"acme", "arx_1"}: {LastUse{Newest: Sight{At: now}}, map[time.Time]int{at("2026-11-24 15:00:00"): 2}},
		},
	}
	if diff := cmp.Diff(want, tally); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnknownKeyCountsOnlyForTheTenant(t *testing.T) {
	var tally Tally
	for _, code := range []api.Code{api.CodeMalformed, api.CodeNotFound} {
		u := Use{Tenant: "acme", Code: code, At: now}
		tally.Own(u, 100)
		tally.Shared(u, 100)
	}
	want := Tally{Days: map[Day]Figures{{Of("acme"), at("2026-11-24 00:00:00")}: {{15, api.CodeMalformed}: 1, {15, api.CodeNotFound}: 1}}}
	if diff := cmp.Diff(want, tally); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusedVerificationIsNotALatestUse(t *testing.T) {
	var tally Tally
	refused := used
	refused.Code = api.CodeDisabled
	tally.Own(refused, 100)
	tally.Shared(refused, 100)
	if len(tally.Latest) > 0 || len(tally.Days) != 5 {
		t.Errorf("%+v", tally)
	}
}

func TestTallyIsBounded(t *testing.T) {
	var tally Tally
	if !tally.Own(used, 1) {
		t.Error("a use was dropped")
	}
	other := used
	other.KeyID = "key_2"
	if tally.Own(other, 1) || len(tally.Days) != 1 || len(tally.Latest) != 1 {
		t.Errorf("%+v", tally)
	}
	if !tally.Own(used, 1) {
		t.Error("a use of a known key was dropped")
	}
}

func TestLastUsesOfTwoAccessKeysAreSeparate(t *testing.T) {
	earlier, later := now.Add(-time.Hour), now
	rotated := LastUse{Newest: Sight{earlier, "old1"}} // the new one was not used
	if got := rotated.By("old1"); got == nil || !got.Equal(earlier) || rotated.By("new1") != nil {
		t.Errorf("after the rotation: %v, %v", got, rotated.By("new1"))
	}
	both := rotated.Later(LastUse{Newest: Sight{later, "new1"}}).Later(LastUse{Older: Sight{earlier, "old1"}})
	if got := both.By("old1"); got == nil || !got.Equal(earlier) {
		t.Errorf("the older one: %v", got)
	}
	if got := both.By("new1"); got == nil || !got.Equal(later) || !both.At().Equal(later) {
		t.Errorf("the newest one: %v, any %v", got, both.At())
	}
	if got := both.Later(LastUse{Newest: Sight{earlier, "new1"}}).By("new1"); !got.Equal(later) {
		t.Errorf("an earlier use that arrived later replaced it: %v", got)
	}
	if both.By("old0") != nil { // of the overlap before this one
		t.Error("a replaced access key has a last use")
	}
}
