package ids_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/ids"
)

func TestIDsSortByTime(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	before := ""
	for range 500 {
		id, err := ids.New(api.KeyPrefix, at, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !api.ValidID(api.KeyPrefix, id) {
			t.Fatalf("%q does not have the form of an id", id)
		}
		if id <= before {
			t.Fatalf("%q sorts after %q", id, before)
		}
		before, at = id, at.Add(time.Millisecond*time.Duration(1+len(id)%3)).Add(36*time.Hour)
	}
}

func TestIDsDoNotCollideWithinAMillisecond(t *testing.T) {
	at, seen := time.Now(), map[string]bool{}
	for range 10_000 {
		id, err := ids.New(api.KeyPrefix, at, rand.Reader)
		if err != nil || seen[id] {
			t.Fatalf("%q was generated twice, or %v", id, err)
		}
		seen[id] = true
	}
}

func TestNewFailsWithoutRandomness(t *testing.T) {
	if _, err := ids.New(api.KeyPrefix, time.Now(), strings.NewReader("few")); err == nil {
		t.Error("want an error")
	}
}

func TestEarliestSeparatesTimes(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 100 {
		earlier, err := ids.New(api.EventPrefix, at.Add(-time.Millisecond), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		same, err := ids.New(api.EventPrefix, at, rand.Reader)
		if edge := ids.Earliest(api.EventPrefix, at); err != nil || earlier >= edge || same < edge {
			t.Fatalf("%q, %q, %q, %v", earlier, edge, same, err)
		}
	}
	first, last := ids.Earliest("evt_", time.Unix(-1, 0)), ids.Earliest("evt_", time.Date(9998, 1, 1, 0, 0, 0, 0, time.UTC))
	if first != "evt_0000000" || last != "evt_zzzzzzz" {
		t.Errorf("times out of range: %q, %q", first, last)
	}
}

func TestIDTellsItsTime(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 30, 0, 123e6, time.UTC)
	id, err := ids.New(api.ManagementKeyPrefix, at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := ids.Time(api.ManagementKeyPrefix, id); !ok || !got.Equal(at) {
		t.Errorf("%s was generated at %s, %v; want %s", id, got, ok, at)
	}
	for _, wrong := range []string{"", "mgk_", id[:len(id)-1], "key_" + id[4:], id[:5] + "-" + id[6:]} {
		if got, ok := ids.Time(api.ManagementKeyPrefix, wrong); ok {
			t.Errorf("%q was generated at %s", wrong, got)
		}
	}
}
