package usage

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Hours are figures by start of the hour (UTC) and code.
type Hours map[time.Time]map[api.Code]int

// Add adds to a figure.
func (h Hours) Add(hour time.Time, code api.Code, n int) {
	if h[hour] == nil {
		h[hour] = map[api.Code]int{}
	}
	h[hour][code] += n
}

// Range is a period of time, divided into buckets of equal length.
type Range struct {
	From     time.Time // start of the first bucket
	To       time.Time // end of the last bucket
	Interval api.Interval
}

const (
	hoursBack = 24 // default range by hour
	daysBack  = 30 // default range by day
)

// RangeOf returns the range that the request asks for, in whole buckets up to the current one. The request
// is valid. It returns problem.InvalidField for a start more than 90 days ago or in the future.
func RangeOf(req api.UsageRange, now time.Time) (Range, error) {
	r := Range{Interval: req.Interval}
	back := daysBack
	if r.Interval != api.ByDay {
		r.Interval, back = api.ByHour, hoursBack
	}
	step := r.step()
	r.To = now.UTC().Truncate(step).Add(step)
	if !req.To.IsZero() && req.To.Before(r.To) {
		r.To = ceil(req.To.UTC(), step)
	}
	if req.From.IsZero() {
		r.From = r.To.Add(-time.Duration(back) * step)
		if oldest := now.UTC().Add(-api.UsageDays * day).Truncate(step); r.From.Before(oldest) {
			r.From = oldest
		}
	} else {
		r.From = req.From.UTC().Truncate(step)
	}
	switch {
	case !req.From.IsZero() && now.Sub(req.From) > api.UsageDays*day, req.From.IsZero() && !r.From.Before(r.To):
		return Range{}, problem.Invalid(problem.Field{Field: field(req), Code: "out_of_range", Detail: "must be at most 90 days back."})
	case !r.From.Before(r.To):
		return Range{}, problem.Invalid(problem.Field{Field: "from", Code: "out_of_range", Detail: "must be in the past."})
	}
	return r, nil
}

// field returns the parameter that is too far back.
func field(req api.UsageRange) string {
	if req.From.IsZero() {
		return "to"
	}
	return "from"
}

const day = 24 * time.Hour

func (r Range) step() time.Duration {
	if r.Interval == api.ByDay {
		return day
	}
	return time.Hour
}

func ceil(at time.Time, step time.Duration) time.Time {
	if truncated := at.Truncate(step); truncated.Before(at) {
		return truncated.Add(step)
	}
	return at
}

// Latest returns the range of the uses of the last 24 hours: this hour, and the 23 before it.
func Latest(now time.Time) Range {
	end := now.UTC().Truncate(time.Hour).Add(time.Hour)
	return Range{From: end.Add(-hoursBack * time.Hour), To: end, Interval: api.ByHour}
}

// Days returns the days that the range touches, in ascending order.
func (r Range) Days() (days []time.Time) {
	for d := r.From.Truncate(day); d.Before(r.To); d = d.Add(day) {
		days = append(days, d)
	}
	return days
}

// Chart returns the figures in the buckets of the range. It omits figures outside the range.
func (r Range) Chart(hours Hours) api.Usage {
	step := r.step()
	chart := api.Usage{From: r.From, To: r.To, Interval: r.Interval, Totals: noCounts()}
	for at := r.From; at.Before(r.To); at = at.Add(step) {
		chart.Buckets = append(chart.Buckets, api.UseBucket{Start: at, UseCounts: noCounts()})
	}
	for hour, codes := range hours {
		if hour.Before(r.From) || !hour.Before(r.To) {
			continue
		}
		bucket := &chart.Buckets[int(hour.Sub(r.From)/step)]
		for code, n := range codes {
			count(&chart.Totals, code, n)
			count(&bucket.UseCounts, code, n)
		}
	}
	return chart
}

func noCounts() api.UseCounts { return api.UseCounts{Codes: map[api.Code]int{}} }

func count(c *api.UseCounts, code api.Code, n int) {
	c.Total += n
	c.Codes[code] += n
}
