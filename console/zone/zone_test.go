package zone

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// A zone made from offsets equals the original zone at every hour of many years.
func TestZoneOfOffsetsIsTheZone(t *testing.T) {
	now := time.Date(2026, 7, 15, 12, 34, 56, 0, time.UTC)
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Pacific/Apia", "America/Santiago",
		"Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "Asia/Kathmandu",
	} {
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		got, err := location("Local", now, func(at time.Time) time.Duration {
			asked++
			_, seconds := at.In(want).Zone()
			return time.Duration(seconds) * time.Second
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if asked > 4000 {
			t.Errorf("%s: the browser is asked %d times", name, asked)
		}
		for at := now.AddDate(-1, 0, 0); at.Before(now.AddDate(45, 0, 0)); at = at.Add(time.Hour) {
			_, is := at.In(got).Zone()
			if _, should := at.In(want).Zone(); is != should {
				t.Fatalf("%s: at %s %d seconds ahead of UTC, want %d", name, at, is, should)
			}
		}
	}
}

func TestOffsetsAreNamedAsReadersKnowThem(t *testing.T) {
	for minutes, want := range map[int]string{0: "UTC", 60: "UTC+1", -300: "UTC-5", 330: "UTC+5:30", -210: "UTC-3:30", 765: "UTC+12:45"} {
		if got := title(time.Duration(minutes) * time.Minute); got != want {
			t.Errorf("%d minutes: %s, want %s", minutes, got, want)
		}
	}
}
