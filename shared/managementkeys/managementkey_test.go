package managementkeys_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var (
	noon    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	person  = auth.Principal{Kind: api.Person, ID: "p", Tenant: "acme", Role: api.Owner}
	machine = auth.Principal{Kind: api.ManagementKey, ID: "mgk_1", Tenant: "acme", Role: api.Owner}
)

func TestOwnersKeyIsMadeByAPersonOnly(t *testing.T) {
	if _, secret, err := managementkeys.New(machine, api.CreateManagementKeyRequest{Name: "x", Role: api.Owner}, noon, rand.Reader); !problem.Is(err, problem.Forbidden) || secret.Reveal() != "" {
		t.Errorf("a management key makes an owner's: %v, want forbidden", err)
	}
	if m, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Owner}, noon, rand.Reader); err != nil || m.Role != api.Owner {
		t.Errorf("a person makes an owner's: %v", err)
	}
	if m, _, err := managementkeys.New(machine, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin}, noon, rand.Reader); err != nil || m.Role != api.Admin {
		t.Errorf("a management key makes an admin's: %v", err)
	}
}

func TestManagementKeyExpires(t *testing.T) {
	past, later := noon, noon.Add(time.Hour)
	if _, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin, ExpiresAt: &past}, noon, rand.Reader); !problem.Is(err, problem.InvalidField) {
		t.Errorf("expired as it is made: %v, want invalid_field", err)
	}
	if m, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin, ExpiresAt: &later}, noon, rand.Reader); err != nil || !m.ExpiresAt.Equal(later) {
		t.Errorf("expires %s, %v", m.ExpiresAt, err)
	}
	m, secret, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin}, noon, rand.Reader)
	if err != nil || !m.ExpiresAt.Equal(noon.Add(managementkeys.DefaultLife)) || !secret.IsManagement() || "mgk_"+secret.ID() != m.ID {
		t.Errorf("by default: %+v, %v", m, err)
	}
}
