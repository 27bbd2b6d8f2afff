package traffic

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestMostRefusedNamesTheMostFrequentCodes(t *testing.T) {
	c := api.UseCounts{Total: 100, Codes: map[api.Code]int{api.CodeValid: 80, api.CodeRateLimited: 7, api.CodeUsageExhausted: 3, api.CodeDisabled: 9, api.CodeIPNotAllowed: 1}}
	if got := mostRefused(c); got != "Most refused: `DISABLED` 9 · `RATE_LIMITED` 7. " {
		t.Errorf("told %q", got)
	}
}

func TestEveryRefusalCodeIsExplained(t *testing.T) {
	for _, code := range api.Codes() {
		r, ok := reasons[code]
		if code == api.CodeValid {
			continue
		}
		if !ok || r.text == "" {
			t.Errorf("%s has no explanation", code)
		}
		if code != api.CodeMalformed && r.advice == "" { // a malformed access key belongs to no key
			t.Errorf("%s has no advice", code)
		}
	}
}

func TestSharesAreShownToATenthOfAPercent(t *testing.T) {
	for want, c := range map[string][2]int{"4.2%": {42, 1000}, "100%": {7, 7}, "0%": {0, 5}, "under 0.1%": {1, 100_000}, "33.3%": {1, 3}, "over 99.9%": {99_999, 100_000}} {
		if got := percent(c[0], c[1]); got != want {
			t.Errorf("%v is %s, want %s", c, got, want)
		}
	}
}
