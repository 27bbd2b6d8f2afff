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

// Beside the last use lie the uses of each hour and of each quarter of a day, in attributes that their numbers
// name. So a write adds to its hour and quarter whatever the item holds, and none has to begin an hour or a day.
// A read takes the quarters that lie in the last 24 hours whole, and the hours of the others: nine attributes.
// What nobody reads any more is taken away once there are maxPassed of it.
const (
	quarter   = 6 * time.Hour
	maxPassed = 24
	skew      = time.Hour // for which something stays when it is not read any more: by another clock it may be
)

// spans are what uses are counted by, with the letter that the names of their attributes begin with.
var spans = map[byte]time.Duration{'h': time.Hour, 'q': quarter}

// epoch is when the hour 0 and the quarter 0 began. It is late, because every write and read of an item pays for
// the length of its names.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// in names the attribute of the hour or the quarter in which the time lies: h64a.
func in(kind byte, at time.Time) string {
	return string(kind) + strconv.FormatInt(int64(at.Sub(epoch)/spans[kind]), 36)
}

// endOf returns the end of the hour or the quarter that an attribute is named by; false of any other attribute.
func endOf(attribute string) (time.Time, bool) {
	span := spans[attribute[0]]
	n, err := strconv.ParseInt(attribute[1:], 36, 64)
	return epoch.Add(time.Duration(n+1) * span), span > 0 && err == nil
}

// putLatest adds latest uses to those that are kept of the record: in one update, or in two where a later
// last use is known. Hours that nobody reads any more are left out.
func (s *Uses) putLatest(ctx context.Context, r usage.Record, l usage.LatestUse) error {
	at, read := table.LatestUse(r.Tenant, r.ID), usage.Latest(s.db.Now())
	amounts := map[string]int{}
	for hour, n := range l.Good {
		if !hour.Before(read.From) {
			amounts[in('h', hour)] += n
			amounts[in('q', hour)] += n
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

// trim takes away from an item what nobody reads any more. If it fails, the next write sees to it.
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

// parts names the attributes of an item that add up to the uses of the last 24 hours.
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

// Summary returns how the record was used of late whose item it is.
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
