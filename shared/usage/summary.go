package usage

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Summary is how something was used of late.
type Summary struct {
	Last  LastUse
	Hours Hours // at least those of the last 24 hours
}

// Response returns the summary as the API tells it.
func (s Summary) Response(now time.Time) api.Use {
	return api.Use{LastUsedAt: s.Last.At(), Uses24h: Latest(now).Chart(s.Hours).Totals.Codes[api.CodeValid]}
}
