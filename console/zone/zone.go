// Package zone gives a program the time zone of its reader: the rules for every day, and not the
// offset of today alone.
//
// Go knows no zones in a browser: it takes the offset that holds when the program starts for all
// times. The browser knows them, and is asked.
package zone

import (
	"encoding/binary"
	"fmt"
	"time"
)

const (
	step  = 14 * 24 * time.Hour // shorter than any offset holds: that of a Ramadan holds for a month
	years = 50                  // in which changes of the clocks are looked for, from that of the present time
)

// location returns the zone of which offset says how far it is ahead of UTC at a time, in whole
// minutes: its changes from two years before now to 50 years after it. Outside of them the first and
// the last offset hold.
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

// change is an offset that holds from a time on.
type change struct {
	at     time.Time
	offset time.Duration
}

// first returns the first minute after from, and not after to, in which the offset is not what it was.
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

// tzif is the zone in the form of RFC 8536, version 2, with an empty block of version 1.
func tzif(changes []change) []byte {
	var offsets []time.Duration
	var names, starts []byte // and where each begins
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

// header counts what a block holds: changes, offsets, and bytes of their names.
func header(changes, offsets, names int) []byte {
	h := make([]byte, 20, 44)
	copy(h, "TZif2")
	for _, n := range []int{0, 0, 0, changes, offsets, names} {
		h = binary.BigEndian.AppendUint32(h, uint32(n))
	}
	return h
}

// title names an offset as a reader knows it: UTC, UTC+1, UTC+5:30.
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
