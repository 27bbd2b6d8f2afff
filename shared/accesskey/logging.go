//go:build !js

package accesskey

import "log/slog" // not in the console, which logs nothing: it would add 21 KB to the download

// LogValue returns a placeholder.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
