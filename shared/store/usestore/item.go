package usestore

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// The attributes of a last use: the time, and which access key it was.
const (
	newest     = "newest"
	newestFour = "newest_four"
	older      = "older"
	olderFour  = "older_four"
)

// kept is how long a day's figures are kept, from the day's beginning: as long as they can be asked
// for, by whole days.
const kept = (api.UsageDays + 2) * 24 * time.Hour

// words are the codes as attributes name them, behind the hour: 05ok. They are short, because every
// write of an item pays for its size.
var words = map[api.Code]string{
	api.CodeMalformed: "mf", api.CodeNotFound: "nf", api.CodeDisabled: "di", api.CodeExpired: "ex", api.CodeWrongArx: "wa",
	api.CodeApplicationInactive: "ap", api.CodeArxInactive: "ar", api.CodeIPNotAllowed: "ip", api.CodeOriginNotAllowed: "og",
	api.CodeInsufficientScope: "sc", api.CodeRateLimited: "rl", api.CodeUsageExhausted: "ue", api.CodeValid: "ok",
}

// codes are the codes by their words.
var codes = func() map[string]api.Code {
	codes := map[string]api.Code{}
	for code, word := range words {
		codes[word] = code
	}
	return codes
}()

// attribute names a figure of a day. A code that has no word names itself.
func attribute(c usage.Cell) string {
	word, ok := words[c.Code]
	if !ok {
		word = string(c.Code)
	}
	return fmt.Sprintf("%02d%s", c.Hour, word)
}

// decodeDay adds the figures of a day to the hours.
func decodeDay(item table.Item, into usage.Hours) {
	start, err := time.Parse(time.DateOnly, item.Key().ID())
	if err != nil {
		return
	}
	for name := range item {
		hour, err := strconv.Atoi(name[:min(2, len(name))])
		if err != nil || hour < 0 || hour > 23 {
			continue // the key, the TTL
		}
		code, ok := codes[name[2:]]
		if !ok {
			code = api.Code(name[2:])
		}
		into.Add(start.Add(time.Duration(hour)*time.Hour), code, item.Int(name))
	}
}

func decodeLast(item table.Item, now time.Time) usage.LastUse {
	return usage.LastUse{
		Newest: usage.Sight{At: item.PastTime(newest, now), LastFour: item.String(newestFour)},
		Older:  usage.Sight{At: item.PastTime(older, now), LastFour: item.String(olderFour)},
	}
}

// Recent returns where it lies how the record with the id was used of late; Summaries reads it.
func Recent(id string, now time.Time) []table.Key {
	wanted := []table.Key{table.LastUse(id)}
	for _, day := range usage.Latest(now).Days() {
		wanted = append(wanted, table.UseDay(id, "", day))
	}
	return wanted
}

// Summaries returns how records were used of late, by their ids, as the items say, of which others are
// left out.
func Summaries(items []table.Item, now time.Time) map[string]usage.Summary {
	found := map[string]usage.Summary{}
	for _, item := range items {
		kind, id, _ := item.Key().Parts()
		if kind != "use" {
			continue
		}
		s := found[id]
		if item.Key() == table.LastUse(id) {
			s.Last = decodeLast(item, now)
		} else if strings.HasPrefix(item.SortKey(), "day#") {
			if s.Hours == nil {
				s.Hours = usage.Hours{}
			}
			decodeDay(item, s.Hours)
		}
		found[id] = s
	}
	return found
}
