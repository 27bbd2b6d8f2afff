package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/lambda/authorizer"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

const securityDocument = "../../../infra/docs/security.md"

// calls is an HTTP client to the engine that records each call.
type calls struct{ made []string }

func (c *calls) Do(r *http.Request) (*http.Response, error) {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.made = append(c.made, name)
	return http.DefaultClient.Do(r)
}

// TestRefusedAccessKeysCostWhatTheDocumentSays sends requests that need no credential to the authorizer of
// whoami, and counts the database calls. Each row must be in the document with that count.
func TestRefusedAccessKeysCostWhatTheDocumentSays(t *testing.T) {
	document, err := os.ReadFile(securityDocument)
	if err != nil {
		t.Fatal(err)
	}
	e := storetest.Open(t)
	way := new(calls)
	db := table.New(dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = way }), e.Name)
	h := handler{verifier: verification.New(db, time.Hour), settings: settings{arxID: everything, tenant: everything}}
	a := authorizer.Handler(authorizer.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}, h.decide)
	unknown, err := accesskey.New(accesskey.Development, "fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	management, err := accesskey.NewManagement("fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	row := func(name string, headers map[string]string) {
		t.Helper()
		event, err := json.Marshal(map[string]any{"version": "2.0", "type": "REQUEST", "routeKey": "GET /v1/whoami", "headers": headers})
		if err != nil {
			t.Fatal(err)
		}
		way.made = nil
		answer, err := a.Invoke(t.Context(), event)
		if err != nil || string(answer) != `{"isAuthorized":false}` {
			t.Errorf("%s: %s, %v", name, answer, err)
		}
		reads := strings.Count(strings.Join(way.made, " "), "GetItem")
		line := fmt.Sprintf("| %s | 403 | 1 | %d | %d |", name, reads, len(way.made)-reads)
		if !slices.Contains(strings.Split(string(document), "\n"), line) {
			t.Errorf("%s has no line %s (%q)", securityDocument, line, way.made)
		}
	}
	row("whoami: no access key, or more than one", nil)
	row("whoami: no access key, or more than one", map[string]string{"x-api-key": ""})
	row("whoami: no access key, or more than one", map[string]string{"x-api-key": unknown.Reveal() + "," + unknown.Reveal()})
	row("whoami: a malformed access key", map[string]string{"x-api-key": "arxk_dev_nothing"})
	row("whoami: a malformed access key", map[string]string{"x-api-key": management.Reveal()})
	row("whoami: a malformed access key", map[string]string{"authorization": "Bearer " + strings.Repeat("x", 8<<10)})
	row("whoami: a made-up access key", map[string]string{"x-api-key": unknown.Reveal()})
}
