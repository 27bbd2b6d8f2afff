// Package ids generates the ids of records.
package ids

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

const (
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	timeChars = 7 // milliseconds since 1970 in base62: until the year 2081
)

// New returns an id: the prefix and 16 base62 characters. The first 7 are the time in milliseconds, so that
// ids sort by creation time; the other 9 are random, which is 53 bits for each millisecond.
func New(prefix string, at time.Time, random io.Reader) (string, error) {
	var id [api.IDChars]byte
	putTime(id[:timeChars], at)
	for i := timeChars; i < len(id); {
		var b [16]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("generate an id: %w", err)
		}
		for _, c := range b {
			if c < 4*62 && i < len(id) { // 248 of 256 values, for a uniform distribution
				id[i] = alphabet[c%62]
				i++
			}
		}
	}
	return prefix + string(id[:]), nil
}

// Time returns when New generated the id, with millisecond precision. It is false if the id does not have the
// prefix and the form of an id.
func Time(prefix, id string) (at time.Time, ok bool) {
	if !api.ValidID(prefix, id) {
		return time.Time{}, false
	}
	ms := int64(0)
	for _, c := range []byte(id[len(prefix):][:timeChars]) {
		ms = ms*62 + int64(strings.IndexByte(alphabet, c))
	}
	return time.UnixMilli(ms), true
}

// Earliest returns a text that sorts before all ids generated at or after the time, and after all earlier
// ones, with millisecond precision.
func Earliest(prefix string, at time.Time) string {
	var id [timeChars]byte
	putTime(id[:], at)
	return prefix + string(id[:])
}

// putTime encodes the time in base62. A time out of range is replaced by the nearest one in range.
func putTime(chars []byte, at time.Time) {
	const last = 62*62*62*62*62*62*62 - 1
	ms := min(max(at.UnixMilli(), 0), last)
	for i := len(chars) - 1; i >= 0; i-- {
		chars[i] = alphabet[ms%62]
		ms /= 62
	}
}
