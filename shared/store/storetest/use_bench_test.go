package storetest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// BenchmarkUse measures what it costs to read the latest uses of a page and the figures of a chart,
// compared with reading one item: calls, consumed capacity, processor time of this process, and time. The
// keys of "full" are used in every hour, those of "few" in three.
func BenchmarkUse(b *testing.B) {
	e := storetest.Open(b)
	m := newMetered(e)
	db := table.New(m, e.Name).WithClock(func() time.Time { return noon })
	uses := usestore.New(db)
	run := func(name string, do func(b *testing.B) error) {
		b.Run(name, func(b *testing.B) {
			m.reset()
			for b.Loop() {
				if err := do(b); err != nil {
					b.Fatal(err)
				}
			}
			m.report(b)
		})
	}
	const keys, page = 2_000, 50
	full, few := fillLatest(b, e, "full", keys, 36), fillLatest(b, e, "few", keys, 3)
	run("one item", func(b *testing.B) error {
		_, err := db.EventuallyConsistent().Get(b.Context(), table.LatestUse("few", few[0]))
		return err
	})
	for _, c := range []struct {
		tenant string
		ids    []string
	}{{"full", full}, {"few", few}} {
		var apart, mixed []string
		for n := range page {
			apart = append(apart, c.ids[n*(keys/page)])
			mixed = append(mixed, c.ids[(n*7919)%keys])
		}
		for _, of := range []struct {
			name string
			ids  []string
			read func(context.Context, string, time.Time, ...string) (map[string]usage.Summary, error)
		}{
			{"one", c.ids[:1], uses.Summaries}, {"a page", c.ids[1000 : 1000+page], uses.PageSummaries},
			{"a page that is filtered", apart, uses.Summaries}, {"a page by name", mixed, uses.Summaries},
		} {
			run("latest of "+of.name+"/"+c.tenant, func(b *testing.B) error {
				used, err := of.read(b.Context(), c.tenant, noon, of.ids...)
				if err == nil && len(used) != len(of.ids) {
					err = fmt.Errorf("%d found", len(used))
				}
				return err
			})
		}
	}
	for _, c := range []struct {
		id    string
		codes []api.Code
	}{{"every-code", api.Codes()}, {"four-codes", api.Codes()[:4]}, {"one-code", api.Codes()[:1]}} {
		fillDays(b, db, c.id, c.codes)
		for _, chart := range []struct {
			name string
			req  api.UsageRange
		}{
			{"24 h by hour", api.UsageRange{}},
			{"7 days by hour", api.UsageRange{From: noon.AddDate(0, 0, -7)}},
			{"30 days by day", api.UsageRange{Interval: api.ByDay}},
			{"90 days by day", api.UsageRange{Interval: api.ByDay, From: noon.AddDate(0, 0, -90)}},
		} {
			r, err := usage.RangeOf(chart.req, noon)
			if err != nil {
				b.Fatal(err)
			}
			run("chart of "+chart.name+"/"+c.id, func(b *testing.B) error {
				hours, err := uses.Hours(b.Context(), usage.Of(c.id), r)
				if err == nil && len(r.Chart(hours).Totals.Codes) != len(c.codes) {
					err = fmt.Errorf("%d hours", len(hours))
				}
				return err
			})
		}
	}
	n := 0
	recorder := usestore.NewRecorder(db, func() time.Time { return noon }, nil)
	run("flush of one use", func(b *testing.B) error {
		n++
		recorder.Count(usage.Use{
			Tenant: "full", KeyID: full[0], ApplicationID: full[1], ArxID: full[2], Code: api.CodeValid, LastFour: "9fQa",
			At: noon.Add(time.Duration(n) * time.Microsecond),
		})
		recorder.Flush(b.Context())
		return nil
	})
}

// fillDays stores 91 days of the subject, with uses of each code in every hour.
func fillDays(b *testing.B, db *table.Table, id string, codes []api.Code) {
	b.Helper()
	for back := range 91 {
		start := noon.Truncate(24*time.Hour).AddDate(0, 0, -back)
		at := clock{at: start.Add(24*time.Hour - time.Second)}
		recorder := usestore.NewRecorder(db.WithClock(at.now), at.now, nil)
		for hour := range 24 {
			for _, code := range codes {
				for range 3 {
					recorder.Count(usage.Use{Tenant: id, Code: code, At: start.Add(time.Duration(hour) * time.Hour)})
				}
			}
		}
		recorder.Flush(b.Context())
	}
}
