package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
)

// noun is a purger that purges a number of records, or fails.
type noun struct {
	many int
	err  error
}

func (n noun) Purge(context.Context, time.Time) (int, error) { return n.many, n.err }

func TestFailingPurgerDoesNotStopTheOthers(t *testing.T) {
	broken := errors.New("broken")
	n, err := handler{noun{many: 2}, noun{many: 1, err: broken}, noun{many: 4}}.purge(t.Context(), time.Now())
	if n != 7 || !errors.Is(err, broken) {
		t.Errorf("%d, %v, want 7 and the error", n, err)
	}
}

func TestAgeOfTheEdgeSecretIsReported(t *testing.T) {
	now := time.Date(2027, 3, 2, 1, 0, 0, 0, time.UTC)
	for since, want := range map[string]any{"2026-03-01": 366.0, "": nil} {
		t.Setenv("EDGE_SECRET_SINCE", since)
		var out bytes.Buffer
		counts := metrics.New("arxkeys", "purge", slog.New(slog.NewJSONHandler(&out, nil)), func() time.Time { return now })
		broken := errors.New("broken")
		if n, err := reportingAge(counts, handler{noun{many: 2, err: broken}}.purge)(t.Context(), now); n != 2 || !errors.Is(err, broken) {
			t.Errorf("%q: %d, %v", since, n, err)
		}
		counts.Write(t.Context())
		line := map[string]any{}
		if out.Len() > 0 {
			if err := json.Unmarshal(out.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
		}
		if line[metrics.EdgeSecretDays] != want {
			t.Errorf("%q: it reports %v, want %v", since, line[metrics.EdgeSecretDays], want)
		}
	}
}
