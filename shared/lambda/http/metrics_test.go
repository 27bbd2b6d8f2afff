package lambdahttp_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// TestRequestsAreCounted sends requests in one environment. The first one and the shutdown write a line of metrics each;
// every line of the log is a JSON object.
func TestRequestsAreCounted(t *testing.T) {
	var out bytes.Buffer
	log := lambdalog.New(&out)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	counts := metrics.New("arxkeys", "verify", log, func() time.Time { return at })
	verify := api.Operation[book, api.Verification]{Name: "books.verify", Method: "POST", Path: "/v1/books/verify", Permission: api.WriteCatalog, Status: 200}
	serve := lambdahttp.Handler(verify, people, func(_ context.Context, _ auth.Principal, b book) (api.Verification, error) {
		switch b.Title {
		case "lost":
			return api.Verification{}, fmt.Errorf("read: %w", problem.Busy(errors.New("no connection")))
		case "gone":
			return api.Verification{}, fmt.Errorf("read: %w", problem.OfStore(errors.New("no such table")))
		case "foreign":
			return api.Verification{}, fmt.Errorf("read: %w", problem.WrongTable(problem.TableFormat, errors.New("format 2")))
		case "slow":
			return api.Verification{}, context.DeadlineExceeded
		case "broken":
			return api.Verification{}, errors.New("a bug")
		}
		return api.Verification{Valid: b.Title == "VALID", Code: api.Code(b.Title)}, nil
	}, lambdahttp.Options{Log: log, Metrics: counts})
	send := func(authorization, title string, status int) {
		t.Helper()
		response, err := serve(t.Context(), events.APIGatewayV2HTTPRequest{
			Headers: map[string]string{"authorization": authorization}, Body: `{"title": "` + title + `"}`,
			PathParameters: map[string]string{"shelf": "a"}, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "r-1"},
		})
		if err != nil || response.StatusCode != status {
			t.Fatalf("%s: %d, %v: %s", title, response.StatusCode, err, response.Body)
		}
	}
	send("Bearer owner", "VALID", 200)
	send("Bearer owner", "VALID", 200)
	send("Bearer owner", "VALID", 200)
	send("Bearer owner", "RATE_LIMITED", 200)
	send("Bearer stranger", "VALID", 401)
	send("", "VALID", 401) // without a credential: none was refused
	send("Bearer nobody", "VALID", 403)
	send("Bearer owner", "lost", 503)
	send("Bearer busy", "VALID", 503)
	send("Bearer owner", "gone", 500)
	send("Bearer owner", "foreign", 503)
	send("Bearer owner", "slow", 503) // not the store's failure
	send("Bearer throttled", "VALID", 503)
	send("Bearer owner", "broken", 500)
	send("Bearer owner", "", 422)
	counts.Write(t.Context())

	var written []map[string]any
	requests := 0
	for text := range strings.Lines(out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("%v: %s", err, text)
		}
		if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(line["timestamp"])); err != nil {
			t.Errorf("%v, as Lambda requires it: %s", err, text)
		}
		var level slog.Level
		if err := level.UnmarshalText([]byte(fmt.Sprint(line["level"]))); err != nil {
			t.Errorf("%v: %s", err, text)
		}
		switch line["msg"] {
		case "request":
			requests++
		case "metrics":
			for _, name := range []string{"_aws", "timestamp", "level", "msg"} {
				delete(line, name)
			}
			written = append(written, line)
		}
	}
	for _, line := range written {
		if latencies, _ := line["Latency"].([]any); len(latencies) != int(line["Verdict.VALID"].(float64))+count(line["Verdict.RATE_LIMITED"]) {
			t.Errorf("the latencies of %v", line)
		}
		delete(line, "Latency")
	}
	want := []map[string]any{
		{"Stack": "arxkeys", "Function": "verify", "Verdict.VALID": 1.0},
		{"Stack": "arxkeys", "Function": "verify", "Verdict.VALID": 2.0, "Verdict.RATE_LIMITED": 1.0, "RefusedCredentials": 1.0, "StoreErrors": 3.0, "WrongTable": 1.0},
	}
	if diff := cmp.Diff(want, written); diff != "" || requests != 15 {
		t.Errorf("%d lines of requests (-want +got):\n%s", requests, diff)
	}
}

func count(value any) int {
	n, _ := value.(float64)
	return int(n)
}

// TestManagementKeyThatExpiresSoonIsReported calls with keys of 90 days, and with a person.
func TestManagementKeyThatExpiresSoonIsReported(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		kind string
		left time.Duration
		want bool
	}{{api.ManagementKey, 10 * day, true}, {api.ManagementKey, 20 * day, false}, {api.Person, 10 * day, false}} {
		var out bytes.Buffer
		log, clock := lambdalog.New(&out), func() time.Time { return now }
		counts := metrics.New("arxkeys", "books", log, clock)
		id, err := ids.New(api.ManagementKeyPrefix, now.Add(c.left-90*day), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		principal := auth.Principal{Kind: c.kind, ID: id, Tenant: "example", Role: api.Owner, ExpiresAt: now.Add(c.left)}
		get := api.Operation[book, api.Verification]{Name: "books.verify", Method: "POST", Path: "/v1/books/verify", Permission: api.WriteCatalog, Status: 200}
		serve := lambdahttp.Handler(get, always(principal), func(context.Context, auth.Principal, book) (api.Verification, error) {
			return api.Verification{}, nil
		}, lambdahttp.Options{Log: log, Now: clock, Metrics: counts})
		if _, err := serve(t.Context(), events.APIGatewayV2HTTPRequest{
			Headers: map[string]string{"authorization": "Bearer x"}, Body: `{"title": "VALID"}`, PathParameters: map[string]string{"shelf": "a"},
		}); err != nil {
			t.Fatal(err)
		}
		counts.Write(t.Context())
		text := out.String()
		if got := strings.Contains(text, `"ManagementKeysDue":1`); got != c.want {
			t.Errorf("%s with %s left: counted %v, want %v:\n%s", c.kind, c.left, got, c.want, text)
		}
		if got := strings.Contains(text, `"management_key_expires_at":"2026-03-11T12:00:00Z"`); got != c.want {
			t.Errorf("%s with %s left: logged %v, want %v:\n%s", c.kind, c.left, got, c.want, text)
		}
	}
}

// always authenticates everybody as the principal.
type always auth.Principal

func (p always) Authenticate(context.Context, string) (auth.Principal, error) {
	return auth.Principal(p), nil
}
