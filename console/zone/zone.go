// Package zone gives a program in a browser the reader's time zone with its rules for every date.
//
// In a browser, Go has no time zone data: it uses the offset at the program's start for all times. The
// browser has the data, so this package asks it for the offsets.
package zone

import (
	"encoding/binary"
	"fmt"
	"time"
)

const (
	step  = 14 * 24 * time.Hour // shorter than any offset lasts; during Ramadan, one lasts a month
	years = 50                  // how far into the future changes are looked for
)

// location returns the time zone whose offset from UTC, in whole minutes, the function returns for a
// time. It has the changes from two years before now to 50 years after it; outside of that, the first
// and the last offset apply.
func location(name string, now time.Time, offset func(time.Time) time.Duration) (*time.Location, error) {
	from := now.UTC().Truncate(time.Minute).AddDate(-2, 0, 0)
	to := from.AddDate(years+2, 0, 0)
	changes := []change{{from, offset(from)}}
	for at := from; at.Before(to); {
		next := at.Add(step)
		was, is := changes[len(changes)-1].offset, offset(next)
		if was != is {
			changes = append(changes, change{first(at, next, was, offset), is})
		}
		at = next
	}
	return time.LoadLocationFromTZData(name, tzif(changes))
}

// change is an offset that applies from a time on.
type change struct {
	at     time.Time
	offset time.Duration
}

// first returns the first minute after from, up to to, whose offset differs from that of from.
func first(from, to time.Time, was time.Duration, offset func(time.Time) time.Duration) time.Time {
	for to.Sub(from) > time.Minute {
		middle := from.Add(to.Sub(from) / 2).Truncate(time.Minute)
		if offset(middle) == was {
			from = middle
		} else {
			to = middle
		}
	}
	return to
}

// tzif returns the zone in the format of RFC 8536, version 2, with an empty version 1 block.
func tzif(changes []change) []byte {
	var offsets []time.Duration
	var names, starts []byte // starts holds where each name begins
	index := map[time.Duration]byte{}
	for _, c := range changes {
		if _, ok := index[c.offset]; !ok {
			index[c.offset] = byte(len(offsets))
			offsets = append(offsets, c.offset)
			starts = append(starts, byte(len(names)))
			names = append(append(names, title(c.offset)...), 0)
		}
	}
	data := header(0, 0, 0)
	data = append(data, header(len(changes), len(offsets), len(names))...)
	for _, c := range changes {
		data = binary.BigEndian.AppendUint64(data, uint64(c.at.Unix()))
	}
	for _, c := range changes {
		data = append(data, index[c.offset])
	}
	for i, offset := range offsets {
		data = binary.BigEndian.AppendUint32(data, uint32(int32(offset/time.Second)))
		data = append(data, 0, starts[i])
	}
	data = append(data, names...)
	return append(data, "\n\n"...)
}

// header returns the header of a block with so many changes, offsets and bytes of names.
func header(changes, offsets, names int) []byte {
	h := make([]byte, 20, 44)
	copy(h, "TZif2")
	for _, n := range []int{0, 0, 0, changes, offsets, names} {
		h = binary.BigEndian.AppendUint32(h, uint32(n))
	}
	return h
}

// title returns the name of an offset for people: UTC, UTC+1, UTC+5:30.
func title(offset time.Duration) string {
	sign, minutes := '+', int(offset/time.Minute)
	switch {
	case minutes == 0:
		return "UTC"
	case minutes < 0:
		sign, minutes = '-', -minutes
	}
	if minutes%60 == 0 {
		return fmt.Sprintf("UTC%c%d", sign, minutes/60)
	}
	return fmt.Sprintf("UTC%c%d:%02d", sign, minutes/60, minutes%60)
}
