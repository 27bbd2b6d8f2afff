// Package ids makes the ids of records.
package ids

import (
	"fmt"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

const (
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	timeChars = 7 // milliseconds since 1970 in base62: until the year 2081
)

// New returns an id: the prefix, and 16 base62 characters of which the first 7 are the time in
// milliseconds. So ids sort, as text, by the time at which they were made. The other 9 are random:
// 53 bits for every millisecond.
func New(prefix string, at time.Time, random io.Reader) (string, error) {
	var id [api.IDChars]byte
	putTime(id[:timeChars], at)
	for i := timeChars; i < len(id); {
		var b [16]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("make an id: %w", err)
		}
		for _, c := range b {
			if c < 4*62 && i < len(id) { // 248 of 256 values, so that every character is as likely
				id[i] = alphabet[c%62]
				i++
			}
		}
	}
	return prefix + string(id[:]), nil
}

// Earliest returns the text that sorts before every id that was made at that time or later, and after
// those that were made earlier, by milliseconds.
func Earliest(prefix string, at time.Time) string {
	var id [timeChars]byte
	putTime(id[:], at)
	return prefix + string(id[:])
}

// putTime writes the time in base62. One that has no room there becomes the nearest that has.
func putTime(chars []byte, at time.Time) {
	const last = 62*62*62*62*62*62*62 - 1
	ms := min(max(at.UnixMilli(), 0), last)
	for i := len(chars) - 1; i >= 0; i-- {
		chars[i] = alphabet[ms%62]
		ms /= 62
	}
}
