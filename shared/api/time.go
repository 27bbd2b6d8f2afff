package api

import "time"

// TimeLayout is how times are written, in UTC: RFC 3339 with three digits of a second.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// FormatTime returns the time as answers and audit events hold it.
func FormatTime(at time.Time) string { return at.UTC().Format(TimeLayout) }
