package lambdahttp_test

import (
	"context"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Secrets of the distribution, the second one being the previous one, and one that it does not have.
const (
	known    = "known-secret-0123456789abcdef01234567"
	retiring = "retiring-secret-0123456789abcdef01234"
	guessed  = "guessed-secret-0123456789abcdef012345"
)

// Edges with these secrets: one that accepts direct calls too, and one that refuses them.
var either, only = mustEdge(false), mustEdge(true)

func mustEdge(refuseDirect bool) edge.Edge {
	e, err := edge.New(known+","+retiring, refuseDirect)
	if err != nil {
		panic(err)
	}
	return e
}

func viewer(address string) edit { return with("x-arxkeys-viewer-address", address) }
func secret(text string) edit    { return with("x-arxkeys-edge-secret", text) }

// hidesEdge checks that neither the response nor the log contains a secret, or an address that was sent.
func hidesEdge(t *testing.T, o outcome) {
	t.Helper()
	all := o.Body + o.log
	for name, value := range o.Headers {
		all += name + value
	}
	for _, text := range []string{known, retiring, guessed, "192.0.2.9"} {
		if strings.Contains(all, text) {
			t.Errorf("%s is in the response or in the log: %s", text, all)
		}
	}
}

func TestClientsAddressIsTheEdgesOnlyWithASecret(t *testing.T) {
	for _, c := range []struct {
		why   string
		edge  edge.Edge
		want  string
		edits []edit
	}{
		{"without an edge", edge.Edge{}, "203.0.113.7", []edit{viewer("192.0.2.9"), secret(known)}},
		{"a direct call", either, "203.0.113.7", nil},
		{"a direct call with an address", either, "203.0.113.7", []edit{viewer("192.0.2.9")}},
		{"a direct call with a guessed secret", either, "203.0.113.7", []edit{viewer("192.0.2.9"), secret(guessed)}},
		{"a direct call with two guesses, joined by API Gateway", either, "203.0.113.7", []edit{viewer("192.0.2.9"), secret(guessed + "," + known)}},
		{"a direct call with two headers", either, "203.0.113.7", []edit{viewer("192.0.2.9"), secret(known), with("X-Arxkeys-Edge-Secret", known)}},
		{"through the edge", either, "192.0.2.9", []edit{viewer("192.0.2.9"), secret(known)}},
		{"through the edge, with the previous secret", only, "192.0.2.9", []edit{viewer("192.0.2.9"), secret(retiring)}},
		{"through the edge, from IPv6", only, "2001:db8::9", []edit{viewer("2001:DB8:0::9"), secret(known)}},
	} {
		var from string
		o := tryBehind(t, t.Context(), c.edge, shelve, func(_ context.Context, by auth.Principal, _ book) (shelved, error) {
			from = by.From
			return shelved{}, nil
		}, request(c.edits...))
		if o.StatusCode != 201 || from != c.want {
			t.Errorf("%s: %d, from %q, want %q", c.why, o.StatusCode, from, c.want)
		}
		hidesEdge(t, o)
	}
}

func TestPublicOperationsKnowTheClientsAddress(t *testing.T) {
	var from string
	handle := func(_ context.Context, by auth.Principal, _ api.DocumentRequest) (api.Document, error) {
		from = by.From
		return api.Document{}, problem.New(problem.NotFound, "There is nothing.")
	}
	if tryBehind(t, t.Context(), only, api.GetOpenAPI, handle, request(body(""), viewer("192.0.2.9"), secret(known))); from != "192.0.2.9" {
		t.Errorf("it is %q", from)
	}
}
