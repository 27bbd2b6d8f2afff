package api_test

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestEffectIsNeverRoundedDown(t *testing.T) {
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for committed, want := range map[time.Time]time.Time{
		noon:                           noon.Add(5 * time.Second),
		noon.Add(1):                    noon.Add(5*time.Second + time.Millisecond),
		noon.Add(time.Millisecond - 1): noon.Add(5*time.Second + time.Millisecond),
		noon.In(time.FixedZone("", 1)): noon.Add(5 * time.Second),
	} {
		if got := *api.EffectAfter(committed, 5*time.Second).EffectiveBy; got != want {
			t.Errorf("committed at %s: %s, want %s", committed, got, want)
		}
	}
}
