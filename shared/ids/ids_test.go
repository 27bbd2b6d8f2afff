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
			t.Fatalf("%q comes after %q", id, before)
		}
		before, at = id, at.Add(time.Millisecond*time.Duration(1+len(id)%3)).Add(36*time.Hour)
	}
}

func TestIDsDoNotCollideWithinAMillisecond(t *testing.T) {
	at, seen := time.Now(), map[string]bool{}
	for range 10_000 {
		id, err := ids.New(api.KeyPrefix, at, rand.Reader)
		if err != nil || seen[id] {
			t.Fatalf("%q came twice, or %v", id, err)
		}
		seen[id] = true
	}
}

func TestNoRandomnessNoID(t *testing.T) {
	if _, err := ids.New(api.KeyPrefix, time.Now(), strings.NewReader("few")); err == nil {
		t.Error("an id without randomness")
	}
}
