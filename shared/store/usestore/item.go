package usestore

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// kept is how long a day's figures are stored, from the start of the day: as long as whole days of them can
// be requested.
const kept = (api.UsageDays + 2) * 24 * time.Hour

// words are the codes as attribute names contain them, after the hour: 05ok. They are short because the
// size of an item determines the cost of every write.
var words = map[api.Code]string{
	api.CodeMalformed: "mf", api.CodeNotFound: "nf", api.CodeDisabled: "di", api.CodeExpired: "ex", api.CodeWrongArx: "wa",
	api.CodeApplicationInactive: "ap", api.CodeArxInactive: "ar", api.CodeIPNotAllowed: "ip", api.CodeOriginNotAllowed: "og",
	api.CodeInsufficientScope: "sc", api.CodeRateLimited: "rl", api.CodeUsageExhausted: "ue", api.CodeValid: "ok",
}

// codes maps words to codes.
var codes = func() map[string]api.Code {
	codes := map[string]api.Code{}
	for code, word := range words {
		codes[word] = code
	}
	return codes
}()

// word returns the code's word in attribute names: the code itself if it has none.
func word(code api.Code) string {
	if w, ok := words[code]; ok {
		return w
	}
	return string(code)
}

// amounts returns what figures add to the attributes of their day: to the hour's attribute, and to the
// day's, which is named by the code alone.
func amounts(f usage.Figures) map[string]int {
	amounts := map[string]int{}
	for cell, n := range f {
		code := word(cell.Code)
		amounts[fmt.Sprintf("%02d%s", cell.Hour, code)] += n
		amounts[code] += n
	}
	return amounts
}

// decodeHours adds the figures of a day's item to the hours.
func decodeHours(item table.Item, into usage.Hours) {
	start, err := time.Parse(time.DateOnly, item.Key().ID())
	if err != nil {
		return
	}
	for name := range item {
		hour, err := strconv.Atoi(name[:min(2, len(name))])
		if err != nil || hour < 0 || hour > 23 {
			continue // the key, the TTL or a whole day's figure
		}
		code, ok := codes[name[2:]]
		if !ok {
			code = api.Code(name[2:])
		}
		into.Add(start.Add(time.Duration(hour)*time.Hour), code, item.Int(name))
	}
}

// wholeDay contains the attributes that decodeDay reads.
var wholeDay = slices.Sorted(maps.Keys(codes))

// decodeDay adds the figures of a whole day to the day's first hour.
func decodeDay(item table.Item, into usage.Hours) {
	start, err := time.Parse(time.DateOnly, item.Key().ID())
	if err != nil {
		return
	}
	for word, code := range codes {
		if n := item.Int(word); n > 0 {
			into.Add(start, code, n)
		}
	}
}
