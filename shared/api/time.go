package api

import "time"

// TimeLayout is the layout of times, in UTC: RFC 3339 with milliseconds.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// FormatTime returns the time in the format of responses and audit events.
func FormatTime(at time.Time) string { return at.UTC().Format(TimeLayout) }
