package usage

import "github.com/arxkeys/arxkeys/shared/api"

// Summary is how something was used of late.
type Summary struct {
	Last LastUse
	Uses int // verifications that answered VALID in the range that is Latest
}

// Response returns the summary as the API tells it.
func (s Summary) Response() api.Use {
	return api.Use{LastUsedAt: s.Last.At(), Uses24h: s.Uses}
}
