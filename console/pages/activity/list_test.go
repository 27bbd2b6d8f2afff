package activity

import (
	"testing"
	"time"
)

func TestPeriodBeginsWhereItsFirstPageDid(t *testing.T) {
	b := begun{at: map[string]time.Time{}}
	day := 24 * time.Hour
	first := b.of("1d", day, true)
	if age := time.Since(first); age < day || age > day+2*time.Minute {
		t.Errorf("it begins %s ago", age)
	}
	b.at["1d"] = first.Add(-time.Hour) // an hour has passed
	if turned := b.of("1d", day, false); !turned.Equal(first.Add(-time.Hour)) {
		t.Errorf("the second page begins at %s, and the first at %s", turned, first.Add(-time.Hour))
	}
	if again := b.of("1d", day, true); again.Before(first) {
		t.Errorf("read anew it begins at %s", again)
	}
	if other := b.of("7d", 7*day, false); time.Since(other) < 7*day {
		t.Errorf("a link into the middle of another begins at %s", other)
	}
}
