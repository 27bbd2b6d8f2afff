package usestore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// The attributes of a last use: the time, and which access key it was.
const (
	newest     = "newest"
	newestFour = "newest_four"
	older      = "older"
	olderFour  = "older_four"
)

// Beside the last use lie the uses of each hour, in an attribute that the hour names. So a write adds to its
// hour whatever the item holds, and none has to begin a day or an hour. Hours that nobody reads any more are
// taken away once there are maxPassed of them.
const (
	maxPassed = 24
	skew      = time.Hour // for which an hour stays when it is not read any more: by another clock it may be
)

// epoch is the hour 0. It is late, because every write and read of an item pays for the length of its names.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// hourly names the attribute of an hour by its number.
func hourly(hour time.Time) string { return strconv.Itoa(int(hour.Sub(epoch) / time.Hour)) }

// hourOf returns the hour that an attribute is named by; false of any other attribute.
func hourOf(attribute string) (time.Time, bool) {
	n, err := strconv.Atoi(attribute)
	return epoch.Add(time.Duration(n) * time.Hour), err == nil
}

// putLatest adds latest uses to those that are kept of the record: in one update, or in two where a later
// last use is known. Hours that nobody reads any more are left out.
func (s *Uses) putLatest(ctx context.Context, r usage.Record, l usage.LatestUse) error {
	at, read := table.LatestUse(r.Tenant, r.ID), usage.Latest(s.db.Now())
	amounts := map[string]int{}
	for hour, n := range l.Good {
		if !hour.Before(read.From) {
			amounts[hourly(hour)] += n
		}
	}
	var times []table.Later
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
	item, err := s.db.AddLater(ctx, at, amounts, times...)
	if err != nil {
		return fmt.Errorf("write the latest use of %s: %w", r.ID, err)
	}
	s.trim(ctx, item, read)
	return nil
}

// trim takes the hours away from an item that nobody reads any more. If it fails, the next write sees to it.
func (s *Uses) trim(ctx context.Context, item table.Item, read usage.Range) {
	e := table.Expression{Condition: "attribute_exists(" + table.PK + ")", Names: map[string]string{}}
	var passed []string
	for attribute := range item {
		if hour, ok := hourOf(attribute); ok && hour.Before(read.From.Add(-skew)) {
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

// shown are the attributes that Summary reads of an item at that time.
func shown(now time.Time) []string {
	read := usage.Latest(now)
	names := []string{newest, newestFour, older, olderFour}
	for hour := read.From; hour.Before(read.To); hour = hour.Add(time.Hour) {
		names = append(names, hourly(hour))
	}
	return names
}

// Summary returns how the record was used of late whose item it is.
func Summary(item table.Item, now time.Time) usage.Summary {
	s := usage.Summary{Last: usage.LastUse{
		Newest: usage.Sight{At: item.PastTime(newest, now), LastFour: item.String(newestFour)},
		Older:  usage.Sight{At: item.PastTime(older, now), LastFour: item.String(olderFour)},
	}}
	read := usage.Latest(now)
	for attribute := range item {
		if hour, ok := hourOf(attribute); ok && !hour.Before(read.From) && hour.Before(read.To) {
			s.Uses += item.Int(attribute)
		}
	}
	return s
}
