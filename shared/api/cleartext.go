package api

import "log/slog"

// ClearText is an access key or a management key on the wire. JSON holds it in clear, because the
// wire is where it is handed over; whatever prints or logs it gets a placeholder.
type ClearText string

const redacted = "[access key]"

// String redacts.
func (ClearText) String() string { return redacted }

// GoString redacts.
func (ClearText) GoString() string { return redacted }

// LogValue redacts.
func (ClearText) LogValue() slog.Value { return slog.StringValue(redacted) }
