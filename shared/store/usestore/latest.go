package usestore

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Attributes of a last use: its time, and the last four characters of the access key.
const (
	newest     = "newest"
	newestFour = "newest_four"
	older      = "older"
	olderFour  = "older_four"
)

// The item also counts the uses of each hour and of each quarter of a day, in attributes named by hour and
// quarter. A write adds to its hour and quarter whatever the item contains; no write has to start an hour
// or a day. A read takes the quarters that are entirely within the last 24 hours, and the remaining hours:
// nine attributes. Attributes that are no longer read are removed once there are maxPassed of them.
const (
	quarter   = 6 * time.Hour
	maxPassed = 24
	skew      = time.Hour // keeps unread attributes a little longer, for environments with a slow clock
)

// spans are the periods that uses are counted by, keyed by the first letter of their attributes.
var spans = map[byte]time.Duration{'h': time.Hour, 'q': quarter}

// epoch is the start of hour 0 and quarter 0. It is recent because the length of attribute names adds to
// the cost of every read and write.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// in returns the attribute of the hour or quarter that contains the time, such as h64a.
func in(kind byte, at time.Time) string {
	return string(kind) + strconv.FormatInt(int64(at.Sub(epoch)/spans[kind]), 36)
}

// endOf returns the end of the hour or quarter of the attribute. It returns false for any other attribute.
func endOf(attribute string) (time.Time, bool) {
	span := spans[attribute[0]]
	n, err := strconv.ParseInt(attribute[1:], 36, 64)
	return epoch.Add(time.Duration(n+1) * span), span > 0 && err == nil
}

// putLatest adds latest uses to the record's item. It makes one update, or two if the item has a later last
// use. It skips hours that are no longer read.
func (s *Uses) putLatest(ctx context.Context, r usage.Record, l usage.LatestUse) error {
	at, read := table.LatestUse(r.Tenant, r.ID), usage.Latest(s.db.Now())
	item, err := s.db.AddLater(ctx, at, latestAmounts(l, read.From), latestTimes(l)...)
	if err != nil {
		return fmt.Errorf("write the latest use of %s: %w", r.ID, err)
	}
	s.trim(ctx, item, read)
	return nil
}

// latestAmounts are what latest uses add to hours and quarters, from that time on.
func latestAmounts(l usage.LatestUse, from time.Time) map[string]int {
	amounts := map[string]int{}
	for hour, n := range l.Good {
		if !hour.Before(from) {
			amounts[in('h', hour)] += n
			amounts[in('q', hour)] += n
		}
	}
	return amounts
}

// latestTimes are the last uses, with what goes with them.
func latestTimes(l usage.LatestUse) (times []table.Later) {
	for _, t := range []struct {
		attribute, four string
		usage.Sight
	}{{newest, newestFour, l.Last.Newest}, {older, olderFour, l.Last.Older}} {
		if !t.At.IsZero() {
			with := table.Item{}
			with.SetString(t.four, t.LastFour)
			times = append(times, table.Later{Attribute: t.attribute, To: t.At, With: with})
		}
	}
	return times
}

// StoredLatest returns the item of a record that was used so, and never before.
func StoredLatest(r usage.Record, l usage.LatestUse) table.Item {
	item := table.NewItem(table.LatestUse(r.Tenant, r.ID))
	for attribute, n := range latestAmounts(l, time.Time{}) {
		item.SetInt(attribute, n)
	}
	for _, t := range latestTimes(l) {
		item.SetTime(t.Attribute, t.To)
		maps.Copy(item, t.With)
	}
	return item
}

// trim removes attributes that are no longer read. If it fails, the next write tries again.
func (s *Uses) trim(ctx context.Context, item table.Item, read usage.Range) {
	e := table.Expression{Condition: "attribute_exists(" + table.PK + ")", Names: map[string]string{}}
	var passed []string
	for attribute := range item {
		if end, ok := endOf(attribute); ok && !end.After(read.From.Add(-skew)) {
			name := "#" + strconv.Itoa(len(passed))
			e.Names[name] = attribute
			passed = append(passed, name)
		}
	}
	if len(passed) >= maxPassed {
		e.Update = "REMOVE " + strings.Join(passed, ", ")
		_, _ = s.db.UpdateOnce(ctx, item.Key(), e)
	}
}

// parts returns the attributes whose sum is the number of uses in the last 24 hours.
func parts(now time.Time) (names []string) {
	read := usage.Latest(now)
	for at := read.From; at.Before(read.To); {
		if end := at.Add(quarter); at.Equal(at.Truncate(quarter)) && !end.After(read.To) {
			names, at = append(names, in('q', at)), end
		} else {
			names, at = append(names, in('h', at)), at.Add(time.Hour)
		}
	}
	return names
}

// Summary returns the latest uses of the record from its item.
func Summary(item table.Item, now time.Time) usage.Summary { return summary(item, now, parts(now)) }

func summary(item table.Item, now time.Time, parts []string) usage.Summary {
	s := usage.Summary{Last: usage.LastUse{
		Newest: usage.Sight{At: item.PastTime(newest, now), LastFour: item.String(newestFour)},
		Older:  usage.Sight{At: item.PastTime(older, now), LastFour: item.String(olderFour)},
	}}
	for _, attribute := range parts {
		s.Uses += item.Int(attribute)
	}
	return s
}
