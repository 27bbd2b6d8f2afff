package usage

import "github.com/arxkeys/arxkeys/shared/api"

// Summary is the latest use of a record.
type Summary struct {
	Last LastUse
	Uses int // VALID verifications in the range of Latest
}

// Response returns the summary in the API's format.
func (s Summary) Response() api.Use {
	return api.Use{LastUsedAt: s.Last.At(), Uses24h: s.Uses}
}
